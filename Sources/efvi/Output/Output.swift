import Glibc

/// Standard output and standard error, written at once so that a reader at the end of a pipe follows.
enum Output {
  /// Writes to standard output.
  static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes to standard error.
  static func note(_ text: String) { write(text, to: STDERR_FILENO) }

  /// An error as the tool prints it.
  static func failure(_ error: any Error) { note("efvi: \(error)\n") }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count > 0 { done += count } else if errno != EINTR { break }
      }
    }
  }
}
