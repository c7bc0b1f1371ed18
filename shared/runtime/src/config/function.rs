//! The ten Lambda functions, by the names of their folders and binaries.

use std::fmt;

/// A Lambda function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `sync-requestors`
    SyncRequestors,
    /// `fetch-assets`
    FetchAssets,
    /// `list-requestors`
    ListRequestors,
    /// `list-cards`
    ListCards,
    /// `manage-tokens`
    ManageTokens,
    /// `enroll`
    Enroll,
    /// `get-enrollment`
    GetEnrollment,
    /// `receive-notification`
    ReceiveNotification,
    /// `receive-callback`
    ReceiveCallback,
    /// `reconcile-enrollments`
    ReconcileEnrollments,
}

impl Function {
    /// Every function.
    pub const ALL: &[Self] = &[
        Self::SyncRequestors,
        Self::FetchAssets,
        Self::ListRequestors,
        Self::ListCards,
        Self::ManageTokens,
        Self::Enroll,
        Self::GetEnrollment,
        Self::ReceiveNotification,
        Self::ReceiveCallback,
        Self::ReconcileEnrollments,
    ];

    /// The name of its folder and binary.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SyncRequestors => "sync-requestors",
            Self::FetchAssets => "fetch-assets",
            Self::ListRequestors => "list-requestors",
            Self::ListCards => "list-cards",
            Self::ManageTokens => "manage-tokens",
            Self::Enroll => "enroll",
            Self::GetEnrollment => "get-enrollment",
            Self::ReceiveNotification => "receive-notification",
            Self::ReceiveCallback => "receive-callback",
            Self::ReconcileEnrollments => "reconcile-enrollments",
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
