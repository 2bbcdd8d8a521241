import Glibc

/// The files of `--raw=PREFIX`: every figure of one message size, in the order of time.
public struct RawFigures: Sendable, Equatable {
  public let prefix: String

  public init(prefix: String) { self.prefix = prefix }

  /// `PREFIX-SIZE.dat`.
  public func path(size: Int) -> String { "\(prefix)-\(size).dat" }

  /// Writes the figures for messages of `size` bytes, nanoseconds, one a line. An existing file is replaced.
  public func write(_ figures: some Sequence<Int64>, size: Int) throws(MeasurementError) {
    let path = path(size: size)
    guard let file = fopen(path, "we") else { throw Self.failure(path) }
    var text: [UInt8] = []
    var isWritten = true
    for figure in figures {
      text.append(contentsOf: String(figure).utf8)
      text.append(UInt8(ascii: "\n"))
      if text.count >= 1 << 16 {
        isWritten = isWritten && fwrite(text, 1, text.count, file) == text.count
        text.removeAll(keepingCapacity: true)
      }
    }
    isWritten = isWritten && fwrite(text, 1, text.count, file) == text.count
    // A full disk may show only here.
    guard fclose(file) == 0, isWritten else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> MeasurementError {
    MeasurementError(path, "cannot be written: \(String(cString: strerror(errno)))")
  }
}
