import EtherFabric
import EtherFabricFormats

/// An ARP request or reply for IPv4 over Ethernet.
public struct ARPMessage: Sendable, Equatable {
  public enum Operation: UInt16, Sendable {
    case request = 1
    case reply = 2
  }

  public var operation: Operation
  public var senderMAC: EthernetAddress
  public var senderAddress: IPv4Address
  /// Zero in requests.
  public var targetMAC: EthernetAddress
  public var targetAddress: IPv4Address

  public init(
    _ operation: Operation, senderMAC: EthernetAddress, senderAddress: IPv4Address,
    targetMAC: EthernetAddress, targetAddress: IPv4Address
  ) {
    self.operation = operation
    self.senderMAC = senderMAC
    self.senderAddress = senderAddress
    self.targetMAC = targetMAC
    self.targetAddress = targetAddress
  }

  /// The question who has `address`.
  public static func request(
    for address: IPv4Address, from mac: EthernetAddress, _ senderAddress: IPv4Address
  ) -> ARPMessage {
    ARPMessage(
      .request, senderMAC: mac, senderAddress: senderAddress, targetMAC: EthernetAddress(value: 0),
      targetAddress: address)
  }

  /// The answer that the address asked for is at `mac`.
  public func reply(from mac: EthernetAddress) -> ARPMessage {
    ARPMessage(
      .reply, senderMAC: mac, senderAddress: targetAddress, targetMAC: senderMAC, targetAddress: senderAddress)
  }

  /// The message in a frame; nil for other frames, other kinds of addresses and cut messages.
  public init?(_ frame: UnsafeRawBufferPointer) {
    let layout = FrameLayout(frame)
    let offset = Int(layout.l3Offset)
    guard let base = frame.baseAddress, layout.l3Class == .arp, offset + Self.length <= frame.count else { return nil }
    let message = base + offset
    // Ethernet (1), IPv4, address sizes 6 and 4.
    guard message.load16(0) == 1, message.load16(2) == EtherType.ipv4, message.load16(4) == 0x0604,
      let operation = Operation(rawValue: message.load16(6))
    else { return nil }
    self.init(
      operation, senderMAC: EthernetAddress(load: message + 8), senderAddress: IPv4Address(load: message + 14),
      targetMAC: EthernetAddress(load: message + 18), targetAddress: IPv4Address(load: message + 24))
  }

  /// Bytes of the message itself.
  static let length = 28

  /// Writes the whole frame, 42 bytes or 46 with a tag: requests to everyone, replies to the target.
  /// - Returns: the frame's length before padding.
  @discardableResult
  public func write(into frame: UnsafeMutableRawPointer, vlan: UInt16? = nil) -> Int {
    let destination = operation == .request ? EthernetAddress.broadcast : targetMAC
    let offset = frame.writeEthernet(to: destination, from: senderMAC, vlan: vlan, type: EtherType.arp)
    writeMessage(frame + offset)
    return offset + Self.length
  }

  func writeMessage(_ message: UnsafeMutableRawPointer) {
    message.store16(1, at: 0)
    message.store16(EtherType.ipv4, at: 2)
    message.store16(0x0604, at: 4)
    message.store16(operation.rawValue, at: 6)
    senderMAC.store(to: message + 8)
    senderAddress.store(to: message + 14)
    targetMAC.store(to: message + 18)
    targetAddress.store(to: message + 24)
  }
}
