import EtherFabric

extension EmulatedAdapter {
  public func statistics() -> AdapterStatistics {
    let (port, faults) = self.port.withClaim {
      (
        self.port.pointee.counters,
        [
          ("rx", self.port.pointee.receiveFaults?.pointee.counters),
          ("tx", self.port.pointee.transmitFaults?.pointee.counters),
        ]
      )
    }
    let wire = self.wire.counters()
    var rows: [NamedCounter] = [
      .init("rx_packets", port.received, help: "frames that reached the port"),
      .init("rx_bytes", port.receivedBytes, help: "bytes of these, without FCS"),
      .init("rx_delivered", port.delivered, help: "frames written to at least one interface"),
      .init("rx_no_descriptor", port.noDescriptor, help: "frames dropped: no receive descriptor was posted"),
      .init("rx_no_member", port.noMember, help: "frames dropped: the member of the set is not allocated"),
      .init("rx_filtered", port.filtered, help: "frames that no filter of an interface took"),
      .init("rx_oversize", port.oversize, help: "frames dropped: above the MTU"),
      .init("rx_runts", port.runts, help: "frames dropped: shorter than an Ethernet header"),
      .init("rx_stopped", port.receiveStopped, help: "frames dropped: the receive ring has stopped, or never was"),
      .init("rx_link_down", port.receivedLinkDown, help: "frames dropped: the link was forced down"),
      .init("rx_replicated", port.replicated, help: "further copies of frames that several interfaces took"),
      .init("rx_sniffed", port.receiveSniffed, help: "copies of arriving frames for a sniffer"),
      .init("rx_wire_dropped", wire.receiveDropped, help: "frames that the wire dropped before the port"),
      .init("rx_wire_oversize", wire.receiveOversize, help: "frames above the MTU that the wire could not cut"),
      .init("rx_wire_truncated", wire.receiveTruncated, help: "frames that arrived cut, and were dropped"),
      .init("tx_packets", port.transmitted, help: "frames that left the port"),
      .init("tx_bytes", port.transmittedBytes, help: "bytes of these, padding included"),
      .init("tx_congested", port.transmitCongested, help: "frames lost: no room on the wire"),
      .init("tx_link_down", port.transmitLinkDown, help: "frames lost: link down"),
      .init("tx_oversize", port.transmitOversize, help: "frames lost: above the MTU"),
      .init("tx_failed", port.transmitFailed, help: "frames lost: malformed, not allowed, or refused by the wire"),
      .init("tx_looped", port.looped, help: "copies of sent multicast for interfaces of this port"),
      .init("tx_switched", port.switched, help: "copies of sent frames for interfaces of other virtual ports"),
      .init("tx_kept_inside", port.keptInside, help: "frames for another virtual port alone, which did not leave"),
      .init("tx_sniffed", port.transmitSniffed, help: "copies of sent frames for a sniffer"),
      .init("fault_dropped", port.faultDropped, help: "frames that the fault plan swallowed"),
      .init("wire_syscalls", wire.systemCalls, help: "system calls of the wire's datapath"),
      .init("wire_checksums", wire.checksumsCompleted, help: "partial checksums that the wire completed"),
      .init("wire_segmented", wire.framesSegmented, help: "large frames that the wire cut into segments"),
      .init("services", port.services, help: "times the adapter ran"),
      .init("unknown_commands", port.unknownCommands, help: "stores to registers that the adapter does not have"),
      .init("contended", port.contended, help: "doorbells that waited for another thread"),
    ]
    for (side, counters) in faults {
      for (name, value) in counters?.named ?? [] {
        rows.append(
          .init("fault_\(side)_\(name)", value, help: "fault plan, \(side == "rx" ? "receive" : "transmit") side"))
      }
    }
    return AdapterStatistics(rows)
  }

  public func statistics(interface: UInt32) -> AdapterStatistics {
    locked { state in
      guard let memory = state.interfaces[interface] else { return AdapterStatistics([]) }
      let (counters, overflows) = port.withClaim {
        (memory.state.pointee.counters, memory.events.state.pointee.overflows)
      }
      return AdapterStatistics([
        .init("rx_packets", counters.received, help: "frames written to buffers"),
        .init("rx_bytes", counters.receivedBytes, help: "bytes of these, without prefix"),
        .init("rx_no_descriptor", counters.noDescriptor, help: "frames dropped: no descriptor was posted"),
        .init("rx_truncated", counters.truncated, help: "frames cut: descriptors ended within the frame"),
        .init("rx_stopped", counters.receiveStopped, help: "frames dropped: the ring has stopped, or never was"),
        .init("rx_dma_faults", counters.receiveFaults, help: "receive rings stopped by a DMA fault"),
        .init("rx_checksum_errors", counters.checksumErrors, help: "frames with a bad IP, TCP or UDP checksum"),
        .init("rx_fcs_errors", counters.frameCheckErrors, help: "frames with a bad frame check sequence"),
        .init("tx_packets", counters.transmitted, help: "frames that left the port"),
        .init("tx_bytes", counters.transmittedBytes, help: "bytes of these, padding included"),
        .init("tx_dropped", counters.transmitDropped, help: "frames completed without leaving the port"),
        .init("tx_dma_faults", counters.transmitFaults, help: "transmit rings stopped by a fault"),
        .init("event_overflows", overflows, help: "events written over one that had not been read"),
      ])
    }
  }
}
