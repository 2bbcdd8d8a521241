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
      0    done; also ended by SIGINT or SIGTERM where neither --count nor --seconds bounds the run
      1    the device or the system refused something: the message has the errno's name and the remedy
      3    --verify failed: numbers missing, twice, out of order, or bytes damaged
      64   wrong usage: an unknown option, or a value that cannot be
      130  ended by SIGINT (Ctrl-C) before --count or --seconds was reached; the totals are printed
      143  the same by SIGTERM
    """
}
