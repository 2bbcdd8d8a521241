import EtherFabric
import Glibc

extension EtherFabricError {
  /// What a call of libciul returned, in words. Quirks of single calls are in QueueError+Hardware.swift.
  init(_ operation: String, _ call: String, _ result: Int32, on device: String) {
    let code = result < 0 ? -result : EIO
    let known = Self.known(code)
    self.init(operation, errno: code, reason: "\(call) on \(device): \(known.reason)", remedy: known.remedy)
  }

  private static func known(_ code: Int32) -> (reason: String, remedy: String) {
    switch code {
    case ENOENT, ENXIO:
      ("there is no \(HardwareBackend.deviceFile)", "Load the driver: `onload_tool reload`, or `modprobe sfc_char`.")
    case EACCES:
      (
        "no permission for \(HardwareBackend.deviceFile)",
        "Run as root, or `chmod 666 \(HardwareBackend.deviceFile)`."
      )
    case ENODEV: ("no adapter that the driver knows", "See `efvi doctor` for the interfaces that it knows.")
    case ELIBACC:
      (
        "library and driver are of different versions",
        "Reload the driver of the library's version: `onload_tool reload`."
      )
    case EPERM: ("not permitted", "Run with CAP_NET_ADMIN, or see the group in the driver's phys_mode_gid.")
    case ENOMEM: ("no memory", "Raise the limits: see `efvi doctor` for huge pages and locked memory.")
    case EBUSY: ("all that there are are in use", "Free some, or end the programs that hold them.")
    case ENOSPC: ("no room", "Ask for less, or free what is not needed.")
    case EOPNOTSUPP: ("the adapter does not have this", "Ask Driver.capability before.")
    case EPROTONOSUPPORT: ("the adapter has no such filter", "Ask Driver.capability for the filters that it has.")
    case EEXIST: ("it is there already", "Remove the other one first.")
    case EALREADY: ("the interface has some already", "Free those first.")
    case EINVAL: ("the arguments do not go together", "See the limits in `efvi info`.")
    case EFAULT: ("memory that is not mapped", "Register mapped memory.")
    default: (String(cString: strerror(code)), "See the kernel's log: `dmesg | tail`.")
    }
  }
}
