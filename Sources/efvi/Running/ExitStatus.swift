import ArgumentParser

/// What the tool's exit status means.
enum ExitStatus {
  /// The device or the system refused something, or failed on the way.
  static let failure = ExitCode(1)
  /// `--verify` found numbers missing, twice, out of order, or bytes damaged.
  static let verification = ExitCode(3)

  /// The run ended by a signal before it was done.
  static func interrupted(by signal: Int32) -> ExitCode { ExitCode(128 + signal) }

  /// For the end of each command's help.
  static let help = """
    EXIT STATUS
      0    done; or ended by a signal where neither --count nor --seconds is given
      1    refused by the device or the system: see the errno and the remedy
      3    --verify failed: numbers missing, twice, out of order, bytes damaged
      64   wrong usage: an unknown option, or a value that cannot be
      130  ended by SIGINT (Ctrl-C) before --count or --seconds, with totals
      143  the same by SIGTERM
    """
}
