import EtherFabric
import EtherFabricFormats

extension EmulatedAdapter {
  /// What the receive queues and streams of the port counted, where its interfaces can have any.
  func expressRows() -> [NamedCounter] {
    guard !settings.generation.isEF10 || settings.generation.hasExpress else { return [] }
    let (queues, interfaces) = port.withClaim {
      var queues = port.pointee.finishedQueues
      for number in 0..<ExpressParameters.ownQueues {
        if let queue = port.pointee.queues[number] { queues = queues + queue.pointee.counters }
      }
      var interfaces = port.pointee.finishedExpress
      port.forEachInterface { interface in
        if let express = interface.pointee.express { interfaces = interfaces + express.pointee.counters }
      }
      return (queues, interfaces)
    }
    return queues.rows(Self.portRow) + interfaces.rows()
  }

  /// The same of one interface, with what every interface counts. Frames of a queue count for all who read it.
  func expressRows(
    of interface: UnsafeMutablePointer<InterfaceState>, _ express: UnsafeMutablePointer<ExpressInterfaceState>
  ) -> [NamedCounter] {
    let (queues, counters, own) = port.withClaim {
      var queues = QueueCounters()
      for index in 0..<express.pointee.attachmentCount {
        if let attachment = express.pointee.attachments[index] { queues = queues + attachment.pointee.counters }
      }
      return (queues, interface.pointee.counters, express.pointee.counters)
    }
    // The name that it has with an interface of EF10 as well.
    let noDescriptor = NamedCounter(
      "rx_no_descriptor", queues.noSuperbuf, help: "frames dropped: no descriptor, here no superbuf")
    return queues.rows() + [noDescriptor] + counters.rows { $0.hasPrefix("tx_") ? $0 : nil } + own.rows()
  }

  /// Of the port only what its own rows do not have.
  private static func portRow(_ name: String) -> String? {
    let kept = [
      "rx_no_superbuf", "rx_superbufs_posted", "rx_superbufs_lost", "rx_superbufs_skipped", "rx_skipped_packets",
      "rx_rollovers",
    ]
    return kept.contains(name) ? name : nil
  }
}
