import Glibc

/// What a control call failed with: which call, on what, why, and the way out.
///
/// Calls on the datapath throw `QueueError` instead, which is trivial and costs nothing to create.
public struct EtherFabricError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The errno that the C call returns (positive), for example `ENODEV`.
  public let errno: Int32
  /// The call that was refused, by its Swift name.
  public let operation: String
  /// What was wrong, with the offending value.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  public init(_ operation: String, errno: Int32, reason: String, remedy: String) {
    self.operation = operation
    self.errno = errno
    self.reason = reason
    self.remedy = remedy
  }

  public var description: String {
    "\(operation): \(reason) (\(Self.name(of: errno))). \(remedy)"
  }

  /// The symbolic name of an errno, or its number.
  public static func name(of errno: Int32) -> String {
    names[errno] ?? "errno \(errno)"
  }

  private static let names: [Int32: String] = [
    EPERM: "EPERM", ENOENT: "ENOENT", ESRCH: "ESRCH", EIO: "EIO", EAGAIN: "EAGAIN", ENOMEM: "ENOMEM",
    EFAULT: "EFAULT", EBUSY: "EBUSY", EEXIST: "EEXIST", ENODEV: "ENODEV", EINVAL: "EINVAL",
    ENOSPC: "ENOSPC", ENOSYS: "ENOSYS", EOPNOTSUPP: "EOPNOTSUPP", EPROTONOSUPPORT: "EPROTONOSUPPORT",
    ETIMEDOUT: "ETIMEDOUT", ENETDOWN: "ENETDOWN", ENODATA: "ENODATA", EL2NSYNC: "EL2NSYNC",
    ENOMSG: "ENOMSG", EMSGSIZE: "EMSGSIZE", ENOBUFS: "ENOBUFS", EALREADY: "EALREADY", ERANGE: "ERANGE",
    EBADF: "EBADF", ENAMETOOLONG: "ENAMETOOLONG", ENXIO: "ENXIO", EMFILE: "EMFILE", EINTR: "EINTR",
    ECANCELED: "ECANCELED", ESHUTDOWN: "ESHUTDOWN", EFBIG: "EFBIG", EBADMSG: "EBADMSG",
    EDOM: "EDOM", EPROTO: "EPROTO", ELIBACC: "ELIBACC", EACCES: "EACCES",
    EHOSTUNREACH: "EHOSTUNREACH", EDESTADDRREQ: "EDESTADDRREQ", EOVERFLOW: "EOVERFLOW",
  ]
}
