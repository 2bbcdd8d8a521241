import CLinuxShims
import EtherFabric
import Glibc

/// Two virtual interfaces joined by a wire: one for the kernel's own stack, one for an emulated adapter.
///
/// Only the kernel end has an address. The adapter end has none, and IPv6 is off on both, so that the kernel neither
/// answers nor chats on the adapter's behalf. The pair is in the calling thread's namespace and ends with it.
public struct VethPair: Sendable {
  /// Name of the end with the address.
  public let kernelEnd: String
  /// Name of the end for the adapter.
  public let adapterEnd: String
  /// The kernel end's address.
  public let address: HostAddress
  /// The kernel end's hardware address.
  public let kernelMAC: MACAddress
  /// The adapter end's hardware address.
  public let adapterMAC: MACAddress

  /// Makes the pair, sets it up and brings both ends and `lo` up.
  ///
  /// - Parameters:
  ///   - kernelEnd: Name of one end, at most 15 bytes.
  ///   - adapterEnd: Name of the other end.
  ///   - address: Address of the kernel end.
  ///   - prefix: Length of its network prefix in bits.
  ///   - mtu: Largest payload after the Ethernet header in bytes, 68...65535.
  ///   - queues: Receive and transmit queues of either end.
  ///   - anywhere: Allows it outside a namespace that `Namespace` made, where it lasts until `delete()`.
  /// - Throws: `EPERM` outside a namespace of `Namespace`'s; otherwise what `ip` was refused, with its text. Nothing is
  ///   left behind then.
  public init(
    kernelEnd: String = "k0", adapterEnd: String = "a0", address: HostAddress = "10.9.0.1", prefix: Int = 24,
    mtu: Int = 1500, queues: Int = 1, anywhere: Bool = false
  ) throws(EtherFabricError) {
    guard anywhere || Namespace.isPrivate else {
      throw EtherFabricError(
        Self.make, errno: EPERM, reason: "this thread is in the host's network",
        remedy: "Call Namespace.enterPrivate() first, or do it inside Namespace.run.")
    }
    for name in [kernelEnd, adapterEnd] { try Self.check(name: name) }
    let queue = "numrxqueues \(queues) numtxqueues \(queues)"
    try IPTool.run(
      Self.make,
      "link add name \(kernelEnd) mtu \(mtu) \(queue) type veth peer name \(adapterEnd) mtu \(mtu) \(queue)")
    do throws(EtherFabricError) {
      for name in [kernelEnd, adapterEnd] { try Self.disableIPv6(name) }
      try IPTool.run(Self.make, "address add \(address)/\(prefix) dev \(kernelEnd)")
      try Self.bringUp([kernelEnd, adapterEnd] + (anywhere ? [] : ["lo"]))
      kernelMAC = try Self.hardwareAddress(of: kernelEnd)
      adapterMAC = try Self.hardwareAddress(of: adapterEnd)
    } catch {
      _ = try? IPTool.run(Self.make, "link delete dev \(kernelEnd)")
      throw error
    }
    self.kernelEnd = kernelEnd
    self.adapterEnd = adapterEnd
    self.address = address
  }

  /// Removes both ends.
  public func delete() throws(EtherFabricError) {
    try IPTool.run("VethPair.delete", "link delete dev \(kernelEnd)")
  }

  private static let make = "VethPair.init"

  private static func check(name: String) throws(EtherFabricError) {
    let bad = name.utf8.contains { $0 <= 32 || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") }
    guard (1...15).contains(name.utf8.count), !bad, !name.hasPrefix(".") else {
      throw EtherFabricError(
        make, errno: EINVAL, reason: "`\(name)` is no name for an interface",
        remedy: "Use 1 to 15 bytes without spaces, `/` and `:`.")
    }
  }

  static func disableIPv6(_ name: String) throws(EtherFabricError) {
    let result = ThreadProc.write("1", to: "/proc/sys/net/ipv6/conf/\(name)/disable_ipv6")
    // No file: no IPv6 in this kernel. A container may have /proc/sys read-only; then no link-local address is made.
    if result < 0 && result != -ENOENT {
      try IPTool.run(make, "link set dev \(name) addrgenmode none")
    }
  }

  /// Brings interfaces up and waits until those with a carrier to wait for have it.
  static func bringUp(_ names: [String]) throws(EtherFabricError) {
    for name in names { try IPTool.run(make, "link set dev \(name) up") }
    let deadline = Deadline(after: .seconds(5))
    for name in names {
      while try InterfaceState(of: name).isRunning == false {
        guard !deadline.isPast else {
          throw EtherFabricError(
            make, errno: ENETDOWN, reason: "`\(name)` has no carrier 5 s after it was brought up",
            remedy: "Check that nothing else in this namespace takes interfaces down.")
        }
        usleep(500)
      }
    }
  }

  private static func hardwareAddress(of name: String) throws(EtherFabricError) -> MACAddress {
    try InterfaceState(of: name).macAddress
  }
}
