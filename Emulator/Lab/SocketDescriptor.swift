import CLinuxShims
import EtherFabric
import Glibc

/// An IPv4 socket that closes itself. It stays in the namespace that it was made in, whichever thread uses it.
final class SocketDescriptor: Sendable {
  let value: Int32

  init(
    _ operation: String, type: __socket_type, protocol proto: Int = 0, flags: UInt32 = 0
  ) throws(EtherFabricError) {
    value = socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue | flags), Int32(proto))
    guard value >= 0 else {
      throw .system(
        operation, "no socket could be made", remedy: "A raw socket needs CAP_NET_RAW: run inside a Namespace.")
    }
  }

  deinit { close(value) }

  func bind(_ operation: String, _ endpoint: HostEndpoint) throws(EtherFabricError) {
    guard endpoint.withSocketAddress({ Glibc.bind(value, $0, $1) }) == 0 else {
      throw .system(operation, "\(endpoint) is not free", remedy: "Take an address of this namespace, and port 0.")
    }
  }

  /// The address and port that the kernel gave it.
  var localEndpoint: HostEndpoint { HostEndpoint.receiving { getsockname(value, $0, $1) }.1 }

  func setOption(_ level: Int32, _ option: Int32, _ number: Int) -> Bool {
    var raw = Int32(clamping: number)
    return setsockopt(value, level, option, &raw, socklen_t(MemoryLayout<Int32>.size)) == 0
  }

  func option(_ level: Int32, _ option: Int32) -> Int {
    var raw: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(value, level, option, &raw, &size) == 0 ? Int(raw) : 0
  }
}
