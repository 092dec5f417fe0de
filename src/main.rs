//! The truereach program. Everything it does lives in the library.

fn main() -> std::process::ExitCode {
    truereach::cli::main()
}
