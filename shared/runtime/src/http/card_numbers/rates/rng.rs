//! Pseudo-random values, the same in every version of every library.

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `min` to `max`, both included.
    pub(super) fn between(&mut self, min: u64, max: u64) -> u64 {
        min + self.u64() % (max - min + 1)
    }

    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let index = self.between(0, u64::try_from(items.len()).unwrap() - 1);
        items[usize::try_from(index).unwrap()]
    }

    /// True in one of `n` cases.
    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.between(1, n) == 1
    }

    pub(super) fn digits(&mut self, count: u64) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.between(0, 9)).unwrap())).collect()
    }

    pub(super) fn hex(&mut self, count: u64) -> String {
        (0..count)
            .map(|_| {
                self.pick(&['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'])
            })
            .collect()
    }

    /// Of version 4, or of version 7, which begins with a time in milliseconds.
    pub(super) fn uuid(&mut self) -> String {
        let bits = (u128::from(self.u64()) << 64) | u128::from(self.u64());
        let bytes = bits.to_be_bytes();
        let millis = self.between(1_700_000_000_000, 2_000_000_000_000);
        let builder = if self.one_in(2) {
            uuid::Builder::from_random_bytes(bytes)
        } else {
            uuid::Builder::from_unix_timestamp_millis(millis, bytes.first_chunk().unwrap())
        };
        builder.into_uuid().to_string()
    }
}
