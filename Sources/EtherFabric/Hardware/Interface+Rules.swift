import CEtherFabric
import EtherFabricFormats

/// What libciul's checks leave out. It is built for calls that are right: lengths are masked, asserted or believed.
extension UnsafeMutablePointer where Pointee == ef_vi {
  /// The interface has descriptor rings.
  @usableFromInline @inline(__always)
  var isEF10: Bool { UInt32(pointee.nic_type.arch) == UInt32(EF_VI_ARCH_EF10.rawValue) }

  /// Each receive event completes several descriptors (`EF_VI_RX_EVENT_MERGE`).
  var isMerging: Bool { has(.receiveEventMerge) }

  func has(_ flags: InterfaceFlags) -> Bool {
    InterfaceFlags(rawValue: UInt64(ciul_ef_vi_flags(self).rawValue)).isSuperset(of: flags)
  }

  /// The first address that no descriptor can carry. On X3 and X4 an address is a pointer.
  var addressLimit: UInt64 {
    guard isEF10 else { return 1 << 57 }
    return has(.transmitPhysicalAddresses)
      ? TransmitDescriptor.maximumPhysicalAddress : TransmitDescriptor.maximumAddress
  }

  /// The receive queues that filters have attached the interface to. Their superbufs are the driver's, on huge pages.
  var receiveQueues: [ReceiveQueueInfo] {
    guard !isEF10, let state = pointee.ep_state, let active = pointee.efct_rxqs.active_qs?.pointee else { return [] }
    let superbufs = SuperbufLayout.superbufs(forEntries: Int(ciul_ef_vi_receive_capacity(self)) + 1)
    return withUnsafeBytes(of: &state.pointee.rxq.efct_state) { bytes in
      bytes.withMemoryRebound(to: ef_vi_efct_rxq_state.self) { queues in
        queues.indices.filter { active >> UInt64($0) & 1 != 0 }.map {
          ReceiveQueueInfo(queue: Int(queues[$0].qid), superbufs: superbufs, hasHugePages: true)
        }
      }
    }
  }
}

extension UnsafeMutablePointer where Pointee == QueueState {
  @inlinable @inline(__always)
  func checkHardware(_ address: DMAAddress, length: Int) throws(QueueError) {
    guard length >= 0, length <= TransmitDescriptor.maximumLength else {
      throw QueueError(
        .lengthOutOfRange, value: UInt64(bitPattern: Int64(length)), limit: UInt64(TransmitDescriptor.maximumLength))
    }
    guard address.rawValue <= pointee.hardwareAddressLimit &- UInt64(length) else {
      throw QueueError(.addressOutOfRange, value: address.rawValue)
    }
  }

  /// A vector in libciul's form, which has the same layout: an address, and a length whose upper half is padding.
  func withChecked(
    _ interface: UnsafeMutablePointer<ef_vi>, _ fragments: UnsafeBufferPointer<DMAFragment>,
    _ call: (UnsafePointer<ef_iovec>, Int32) -> Int32
  ) throws(QueueError) {
    let capacity = Int(ciul_ef_vi_transmit_capacity(interface))
    guard capacity > 0 else { throw QueueError(.noQueue) }
    var descriptors = 0
    for fragment in fragments {
      try checkHardware(fragment.address, length: fragment.length)
      let offset = Int(fragment.address.rawValue & 0xfff)
      descriptors += max(1, (offset + fragment.length + RingRules.pageSize - 1) / RingRules.pageSize)
    }
    guard let base = fragments.baseAddress, fragments.count > 0, descriptors <= capacity || !interface.isEF10 else {
      throw QueueError(.badVector, value: UInt64(fragments.count), limit: UInt64(capacity))
    }
    let result = UnsafeRawPointer(base).withMemoryRebound(to: ef_iovec.self, capacity: fragments.count) {
      call($0, Int32(fragments.count))
    }
    guard result >= 0 else { throw QueueError(transmit: result, interface, wanted: descriptors) }
  }
}
