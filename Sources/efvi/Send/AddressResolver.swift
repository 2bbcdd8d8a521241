import EtherFabric
import EtherFabricFrames
import Glibc

/// Asks for the MAC of an IPv4 address over a virtual interface.
enum AddressResolver {
  private static let tries = 3

  static func resolve(
    _ destination: Destination, from source: FilterDescription.Endpoint?, over station: Station
  ) throws(EtherFabricError) -> EthernetAddress {
    guard case .ipv4(let target) = destination.end.address else {
      throw refusal(EOPNOTSUPP, "\(destination.end): only IPv4 addresses are asked for")
    }
    guard case .ipv4(let sender) = source?.address else {
      throw refusal(EDESTADDRREQ, "\(target) cannot be asked for by ARP without a sender", "Give --source, or --mac.")
    }
    var filter = try FilterSpecification.ethernet(station.identity.macAddress)
    try filter.setEtherType(0x0806)
    let cookie = try station.interface.addFilter(filter)
    defer { try? station.interface.removeFilter(cookie) }
    let question = ARPMessage.request(for: target, from: station.identity.macAddress, sender)
    for _ in 0..<tries {
      try ask(question, destination, station)
      if let mac = try answer(from: target, station) { return mac }
      if Interruption.signal != nil { throw refusal(EINTR, "interrupted while asking for \(target)") }
    }
    throw refusal(EHOSTUNREACH, "\(target) does not answer ARP")
  }

  private static func ask(
    _ question: ARPMessage, _ destination: Destination, _ station: Station
  ) throws(EtherFabricError) {
    guard let buffer = station.takeTransmitBuffer(length: 64) else { return }
    let length = question.write(into: station.transmitBuffer(buffer), vlan: destination.vlan)
    try station.queue(buffer, length: length)
    station.push()
  }

  /// Waits a second for the answer.
  private static func answer(
    from target: IPv4Address, _ station: Station
  ) throws(EtherFabricError) -> EthernetAddress? {
    var found: EthernetAddress?
    let end = MonotonicClock.now() + 1_000_000_000
    var idle = Idle(spins: false)
    while found == nil, MonotonicClock.now() < end, Interruption.signal == nil {
      idle.after(
        try station.poll { arrival in
          guard let message = ARPMessage(arrival.bytes), message.operation == .reply,
            message.senderAddress == target
          else { return }
          found = message.senderMAC
        })
    }
    return found
  }

  private static func refusal(
    _ errno: Int32, _ reason: String, _ remedy: String = "Give the MAC with --mac."
  ) -> EtherFabricError {
    EtherFabricError("send", errno: errno, reason: reason, remedy: remedy)
  }
}
