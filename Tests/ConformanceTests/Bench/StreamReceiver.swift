import EtherFabric

/// The receiving end of one TCP connection, as plain as it gets: it takes segments in order and acknowledges them.
struct StreamReceiver {
  let mac: MACAddress
  let local: IPEndpoint
  /// Bytes of the stream, in order.
  private(set) var bytes: [UInt8] = []
  private(set) var isFinished = false
  /// The largest frame with a segment in it.
  private(set) var largestFrame = 0
  private var next: UInt32 = 0

  init(mac: MACAddress, local: IPEndpoint) {
    self.mac = mac
    self.local = local
  }

  /// Takes a frame; the answer to it, if there is one.
  mutating func take(_ frame: [UInt8]) -> [UInt8]? {
    guard frame.count >= 54, frame[12..<14] == [8, 0], frame[23] == 6 else { return nil }
    let length = Int(frame[16]) << 8 | Int(frame[17])
    let start = 34 + Int(frame[46] >> 4) * 4
    let remote = IPEndpoint(IPAddress(bytes: frame[26..<30])!, port: UInt16(frame[34]) << 8 | UInt16(frame[35]))
    let sequence = frame[38..<42].reduce(0) { $0 << 8 | UInt32($1) }
    let flags = frame[47]
    let payload = frame[start..<14 + length]
    largestFrame = max(largestFrame, frame.count)
    let peer = MACAddress(bytes: frame[6..<12])!
    if flags & 2 != 0 {
      next = sequence &+ 1
      return Frame.tcp(to: peer, from: mac, local, remote, sequence: 1000, acknowledge: next, flags: 0x12)
    }
    guard !payload.isEmpty || flags & 1 != 0 else { return nil }
    if sequence == next {
      bytes += payload
      next = next &+ UInt32(payload.count)
      if flags & 1 != 0 {
        next = next &+ 1
        isFinished = true
      }
    }
    return Frame.tcp(to: peer, from: mac, local, remote, sequence: 1001, acknowledge: next, flags: 0x10)
  }
}
