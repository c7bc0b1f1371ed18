"""The real template deployed without AWS: see infra/try-without-aws."""
