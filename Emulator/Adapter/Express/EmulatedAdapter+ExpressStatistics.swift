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
    return Self.rows(queues) + Self.rows(interfaces)
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
    return [
      .init("rx_packets", queues.frames, help: "frames in superbufs that the interface was shown, or will be"),
      .init("rx_bytes", queues.bytes, help: "bytes of these"),
      .init("rx_no_descriptor", queues.noSuperbuf, help: "frames dropped: no superbuf"),
      .init("rx_oversize", queues.oversize, help: "frames dropped: longer than a slot"),
      .init("rx_stopped", queues.stopped, help: "frames dropped: the queue has stopped"),
      .init("rx_dma_faults", queues.faults, help: "receive queues stopped: a superbuf at a bad address"),
      .init("rx_checksum_errors", queues.checksumErrors, help: "frames with a bad IP, TCP or UDP checksum"),
      .init("rx_fcs_errors", queues.frameCheckErrors, help: "frames with a bad frame check sequence"),
      .init("tx_packets", counters.transmitted, help: "frames that left the port"),
      .init("tx_bytes", counters.transmittedBytes, help: "bytes of these, padding included"),
      .init("tx_dropped", counters.transmitDropped, help: "frames completed without leaving the port"),
      .init("tx_dma_faults", counters.transmitFaults, help: "transmit queues stopped by a fault"),
    ] + Self.rows(queues) + Self.rows(own)
  }

  private static func rows(_ queues: QueueCounters) -> [NamedCounter] {
    [
      .init("rx_no_superbuf", queues.noSuperbuf, help: "frames dropped for want of a superbuf"),
      .init("rx_superbufs_posted", queues.posted, help: "superbufs that receive queues were given"),
      .init("rx_superbufs_lost", queues.postsLost, help: "superbufs posted beyond what a queue holds"),
      .init("rx_superbufs_skipped", queues.skipped, help: "superbufs that an interface did not get: it was behind"),
      .init("rx_skipped_packets", queues.skippedFrames, help: "frames in these"),
      .init("rx_rollovers", queues.rollovers, help: "superbufs left before they were full"),
    ]
  }

  private static func rows(_ counters: ExpressCounters) -> [NamedCounter] {
    [
      .init("tx_stream_errors", counters.streamErrors, help: "streams that stopped their transmit queue"),
      .init("tx_warmed", counters.warmed, help: "frames completed and, as asked, not sent"),
      .init("refused_commands", counters.refusedCommands, help: "commands to a queue that has stopped"),
      .init("credits_exhausted", counters.creditsExhausted, help: "times that time syncs found no credit"),
    ]
  }
}
