import Glibc

/// Why a page was not read.
public struct PageRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// Positive: `EPERM`, `ESRCH`, `EBADMSG` for a page that is not one, `EPROTONOSUPPORT` for one of another version.
  public let errno: Int32
  /// What was wrong, with the offending value.
  public let reason: String

  public init(errno: Int32, reason: String) {
    self.errno = errno
    self.reason = reason
  }

  public var description: String { "\(reason) (\(String(cString: strerror(errno))))" }

  static func bad(_ reason: String) -> PageRefusal { PageRefusal(errno: EBADMSG, reason: reason) }
}
