"""Smoke test of the template without AWS: see infra/try-without-aws."""
