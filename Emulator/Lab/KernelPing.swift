import CLinuxShims
import EtherFabric
import Glibc

/// ICMP echo from the kernel's stack, as `ping` does it.
public struct KernelPing: Sendable {
  public let target: HostAddress
  /// Bytes after the ICMP header.
  public let payload: Int

  /// What came of a run.
  public struct Outcome: Sendable, Equatable {
    public let sent: Int
    /// Requests that were answered with the same payload.
    public let received: Int
    /// Answers to a request that had been answered already.
    public let duplicates: Int
    /// Answers with another payload.
    public let damaged: Int
    /// From request to answer, in the order of the answers.
    public let roundTrips: [Duration]
  }

  public init(_ target: HostAddress, payload: Int = 56) {
    self.target = target
    self.payload = payload
  }

  /// Sends `count` requests, each after the answer to the one before or after `timeout`.
  ///
  /// - Throws: `EPERM` without CAP_NET_RAW; `ENETUNREACH`, `EMSGSIZE` and others from sending.
  public func run(count: Int, timeout: Duration = .seconds(1)) throws(EtherFabricError) -> Outcome {
    let socket = try SocketDescriptor("KernelPing.run", type: SOCK_RAW, protocol: Int(IPPROTO_ICMP))
    let identifier = UInt16(truncatingIfNeeded: lab_thread_id())
    var answered = [Bool](repeating: false, count: count)
    var duplicates = 0
    var damaged = 0
    var roundTrips: [Duration] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    for sequence in 0..<count {
      let start = ContinuousClock.now
      try send(request(identifier, sequence), over: socket)
      let deadline = Deadline(after: timeout)
      while !answered[sequence], wait(socket.value, for: POLLIN, until: deadline) {
        let length = recv(socket.value, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard length > 0, let reply = Reply(buffer[..<length], from: target), reply.identifier == identifier else {
          continue
        }
        guard reply.sequence <= sequence, reply.body.elementsEqual(body(reply.sequence)) else {
          damaged += 1
          continue
        }
        if answered[reply.sequence] {
          duplicates += 1
        } else {
          answered[reply.sequence] = true
          roundTrips.append(start.duration(to: .now))
        }
      }
    }
    return Outcome(
      sent: count, received: roundTrips.count, duplicates: duplicates, damaged: damaged, roundTrips: roundTrips)
  }

  private func send(_ message: [UInt8], over socket: SocketDescriptor) throws(EtherFabricError) {
    let sent = HostEndpoint(target, 0).withSocketAddress {
      sendto(socket.value, message, message.count, Int32(MSG_NOSIGNAL), $0, $1)
    }
    // A full queue or a link that is down loses the request, as a wire would.
    guard sent == message.count || errno == ENOBUFS || errno == ENETDOWN else {
      throw .system(
        "KernelPing.run", "a request to \(target) was not sent", remedy: "Give an interface the network of \(target).")
    }
  }

  private func body(_ sequence: Int) -> [UInt8] {
    (0..<payload).map { UInt8(truncatingIfNeeded: $0 &+ sequence &* 7) }
  }

  private func request(_ identifier: UInt16, _ sequence: Int) -> [UInt8] {
    var message: [UInt8] = [
      8, 0, 0, 0, UInt8(identifier >> 8), UInt8(identifier & 0xff), UInt8(sequence >> 8 & 0xff), UInt8(sequence & 0xff),
    ]
    message += body(sequence)
    var sum: UInt32 = 0
    for index in message.indices {
      sum += UInt32(message[index]) << (index & 1 == 0 ? 8 : 0)
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    message[2] = UInt8(~sum >> 8 & 0xff)
    message[3] = UInt8(~sum & 0xff)
    return message
  }
}

/// An echo reply as a raw socket gives it, with the IP header.
private struct Reply {
  let identifier: UInt16
  let sequence: Int
  let body: ArraySlice<UInt8>

  init?(_ packet: ArraySlice<UInt8>, from target: HostAddress) {
    let header = Int(packet[0] & 0xf) * 4
    guard packet.count >= header + 8, packet[12..<16].elementsEqual(target.bytes), packet[header] == 0 else {
      return nil
    }
    let icmp = packet[header...]
    identifier = UInt16(icmp[header + 4]) << 8 | UInt16(icmp[header + 5])
    sequence = Int(icmp[header + 6]) << 8 | Int(icmp[header + 7])
    body = icmp.dropFirst(8)
  }
}
