#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif
extension VirtualInterface {
  /// `ef_vi_transmit_ctpio`. Writes a frame to the adapter, which begins to send before it has all of it. A call of
  /// `transmitCutThroughFallback` follows always: it gives the frame its request id, and sends it where this failed.
  /// - Parameters:
  ///   - frame: the bytes of the frame without FCS, anywhere in memory.
  ///   - threshold: bytes that the adapter takes in before it begins to send;
  ///     `CutThrough.storeAndForward` for all.
  @inlinable
  public mutating func transmitCutThrough(_ frame: UnsafeRawBufferPointer, threshold: Int) {
    var fragment = frame
    withUnsafePointer(to: &fragment) { pointer in
      transmitCutThroughVector(UnsafeBufferPointer(start: pointer, count: 1), threshold: threshold)
    }
  }

  /// `ef_vi_transmitv_ctpio`. The same for a frame that is gathered from fragments.
  public mutating func transmitCutThroughVector(
    _ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>, threshold: Int
  ) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return state.cutThrough(interface, fragments, threshold: threshold)
      }
    #endif
    if let express = state.pointee.express {
      state.cutThroughExpress(express, fragments, threshold: threshold)
    } else {
      state.cutThroughEF10(fragments, threshold: threshold)
    }
  }

  /// `ef_vi_transmitv_ctpio_copy`. The same, and copies the frame to the fallback buffer on the way.
  /// - Parameter fallback: where the DMA address of the fallback call is in the program's memory, with room for the
  ///   frame.
  public mutating func transmitCutThroughVectorCopy(
    _ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>, threshold: Int, fallback: UnsafeMutableRawPointer
  ) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return state.cutThrough(interface, fragments, threshold: threshold, fallback: fallback)
      }
    #endif
    if let express = state.pointee.express {
      state.cutThroughCopyExpress(express, fragments, threshold: threshold, fallback: fallback)
    } else {
      state.cutThroughCopyEF10(fragments, threshold: threshold, fallback: fallback)
    }
  }

  /// `ef_vi_transmit_ctpio_fallback`. Ends a cut-through send: gives it a request id, and says what to send where the
  /// adapter does not take it whole.
  /// - Parameters:
  ///   - address: the same frame in registered memory, which stays as it is until the completion.
  ///   - length: bytes of the frame.
  ///   - id: comes back with the completion.
  /// - Throws: `EAGAIN` where the ring is full, `EOPNOTSUPP` without `InterfaceFlags.cutThrough` on EF10.
  public mutating func transmitCutThroughFallback(
    _ address: DMAAddress, length: Int, id: RequestID
  ) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.cutThroughFallback(interface, address, length: length, id: id)
      }
    #endif
    if let express = state.pointee.express {
      try state.cutThroughFallbackExpress(express, address, length: length, id: id)
    } else {
      try state.checkCutThroughEF10()
      try transmit(address, length: length, id: id)
    }
  }

  /// `ef_vi_transmitv_ctpio_fallback`. The same for a frame in fragments.
  public mutating func transmitCutThroughVectorFallback(
    _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.cutThroughFallback(interface, fragments, id: id)
      }
    #endif
    if let express = state.pointee.express {
      try state.cutThroughVectorFallbackExpress(express, fragments, id: id)
    } else {
      try state.checkCutThroughEF10()
      try transmitVector(fragments, id: id)
    }
  }

  /// `ef_vi_start_transmit_warm`. Sends from now on only warm the caches: nothing goes out and no request id is kept.
  public mutating func startTransmitWarm() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return state.startTransmitWarm(interface) }
    #endif
    if let express = state.pointee.express {
      state.startTransmitWarmExpress(express)
    } else {
      state.startTransmitWarmEF10()
    }
  }

  /// `ef_vi_stop_transmit_warm`. Sends are real again.
  public mutating func stopTransmitWarm() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return state.stopTransmitWarm(interface) }
    #endif
    if let express = state.pointee.express {
      state.stopTransmitWarmExpress(express)
    } else {
      state.stopTransmitWarmEF10()
    }
  }
}

/// Cut-through sends.
public enum CutThrough {
  /// `EF_VI_CTPIO_CT_THRESHOLD_SNF`: the adapter sends only when it has the whole frame.
  public static let storeAndForward = 0xffff
}
