//! A seeded random number generator.

/// SplitMix64: the same numbers for the same seed. Not for cryptography.
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// One of `choices`.
    pub(super) fn choose<'a, T, const N: usize>(&mut self, choices: &'a [T; N]) -> &'a T {
        let at = self.below(N.try_into().unwrap_or(u64::MAX));
        &choices[usize::try_from(at).unwrap_or_default()]
    }
}
