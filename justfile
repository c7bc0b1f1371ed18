# The commands that one uses: `just` lists them. https://just.systems

# Shows the commands
default:
    @just --list

# Runs the server with a simulator of Mastercard
run:
    cargo run -p local

# Runs all tests but the long ones
test:
    cargo test

# Runs the unit tests of one crate, without compiling anything twice
unit crate:
    cargo unit {{ crate }}

# Runs the end-to-end tests whose names contain this
world filter:
    cargo test -p tests --test world {{ filter }}

# Plays seeds of the simulation
seeds from to:
    tests/play-seeds {{ from }} {{ to }}

# Checks what takes a minute
quick:
    .ci/run --quick

# Checks everything, as CI does
check:
    .ci/run

# Deploys to an emulator of AWS
try-without-aws:
    infra/try-without-aws

# Measures the release binaries
bench:
    cargo run --profile bench -p bench -- functions

# Measures `enroll` beside the same function in Node.js
peers:
    cargo run --profile bench -p bench -- peers
