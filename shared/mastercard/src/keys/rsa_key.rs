//! RSA private keys, parsed but not checked.

use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::PrivateKeyInfoRef;
use secrecy::zeroize::Zeroizing;
use x509_cert::{
    der::{Decode as _, Encode as _, asn1::BitStringRef},
    spki::SubjectPublicKeyInfoRef,
};

use super::encoding::Der;

/// Sizes that AWS-LC accepts, in bits.
const SIZES: std::ops::RangeInclusive<usize> = 2048..=8192;

/// An RSA private key of 2048 to 8192 bits. Whether its numbers belong together is not checked.
pub(super) struct RsaKey {
    /// PKCS#8 DER.
    pub(super) pkcs8: Der,
    /// The public key as PKCS#1 DER.
    pub(super) pkcs1_public_key: Vec<u8>,
    /// The public key as DER `SubjectPublicKeyInfo`.
    pub(super) public_key: Vec<u8>,
    /// The size of the modulus.
    pub(super) bits: usize,
}

impl RsaKey {
    /// `None` if `der` is not an RSA key in PKCS#8.
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let key = PrivateKeyInfoRef::from_der(der).ok()?;
        if key.algorithm.oid != pkcs1::ALGORITHM_OID {
            return None;
        }
        Self::from_pkcs1(key.private_key.as_bytes())
    }

    /// `None` if `der` is not an RSA key in PKCS#1.
    pub(super) fn from_pkcs1(der: &[u8]) -> Option<Self> {
        let key = RsaPrivateKeyRef::from_der(der).ok()?;
        let bits = bits(key.modulus.as_bytes()).filter(|bits| SIZES.contains(bits))?;
        let public_key = RsaPublicKeyRef { modulus: key.modulus, public_exponent: key.public_exponent };
        let pkcs1_public_key = public_key.to_der().ok()?;
        let subject_public_key = BitStringRef::from_bytes(&pkcs1_public_key).ok()?;
        let info = SubjectPublicKeyInfoRef { algorithm: pkcs1::ALGORITHM_ID, subject_public_key };
        let public_key = info.to_der().ok()?;
        let pkcs8 = PrivateKeyInfoRef::new(pkcs1::ALGORITHM_ID, der.try_into().ok()?);
        let pkcs8 = Zeroizing::new(pkcs8.to_der().ok()?);
        Some(Self { pkcs8, pkcs1_public_key, public_key, bits })
    }
}

/// The number of bits of a big-endian number without leading zero bytes.
fn bits(modulus: &[u8]) -> Option<usize> {
    let leading_zeros = usize::try_from(modulus.first()?.leading_zeros()).ok()?;
    Some(modulus.len() * 8 - leading_zeros)
}
