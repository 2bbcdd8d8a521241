import EmulatedAdapter
import EtherFabric
import Synchronization

extension XDPWire {
  /// What was obtained, and what was tried before it.
  public var configuration: [(name: String, value: String)] {
    let sockets = sockets.withLock { $0 }
    let first = sockets[0]
    let promiscuous = isPromiscuous ? "yes" : options.promiscuous ? "no, refused" : "no"
    let pieces =
      first.takesMultiBuffer ? "frames in several pieces" : "frames of one chunk"
    let isUsers = first.layout.userSize > 0
    var lines: [(name: String, value: String)] = [
      ("interface", "\(interface.name), index \(interface.index), mtu \(mtu), driver \(driver)"),
      ("attach", attachment(sockets)),
      ("queues", "\(sockets.count) of \(interfaceQueues), sent on queue 0"),
      (
        "frame memory",
        "\(sockets.reduce(0) { $0 + $1.layout.size }) bytes, chunks of \(first.layout.chunkSize), "
          + (sockets.allSatisfy(\.hasHugePages) ? "huge pages" : "normal pages")
      ),
      ("receive ring", "\(first.layout.receiveChunks) frames for each queue, \(pieces)"),
      ("transmit ring", "\(first.layout.transmitChunks) frames, at most \(first.budget) a call"),
      ("need wakeup", options.needWakeup ? "yes" : "no"),
      ("checksums", "partial ones of senders on this machine completed in software"),
      (
        "transmit metadata",
        first.hasMetadata ? "timestamps of the kernel; checksums by the adapter" : "no, not in this kernel"
      ),
      ("promiscuous", promiscuous),
      ("timestamps", isUsers ? "none, frames lie in the user's memory" : "software, by the program at the interface"),
      ("redirected", steering.withLock { $0.description }),
    ]
    if takesUserMemory { lines.append(("user memory", words.withLock { $0 })) }
    return lines
  }

  private func attachment(_ sockets: [XDPSocket]) -> String {
    let (mode, refusal) = steering.withLock { ($0.mode, $0.nativeRefusal) }
    var words = "\(mode.rawValue), \(sockets.allSatisfy(\.isZerocopy) ? "zero-copy" : "copy")"
    if refusal != 0 { words += " (native refused: \(EtherFabricError.name(of: refusal)))" }
    if let refused = sockets.first(where: { $0.zerocopyRefusal != 0 }) {
      words += " (zero-copy refused: \(EtherFabricError.name(of: refused.zerocopyRefusal)))"
    }
    return words
  }
}
