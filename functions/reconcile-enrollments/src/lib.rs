//! reconcile-enrollments
