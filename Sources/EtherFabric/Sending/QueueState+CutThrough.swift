import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_vi_transmitv_ctpio` of EF10. A frame that does not fit the aperture, or an interface without one, writes
  /// nothing: the fallback sends it.
  func cutThroughEF10(_ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>, threshold: Int) {
    guard let sending = pointee.sending, let aperture = sending.pointee.aperture else { return }
    var length = 0
    for fragment in fragments { length &+= fragment.count }
    guard length > 0, CTPIOControl.footprint(of: length) <= DoorbellPage.ctpioApertureSize else { return }
    let control = CTPIOControl(
      length: length, timestamp: pointee.stampsTransmits, threshold: UInt32(clamping: min(max(threshold, 0), 0xffff)))
    var writer = WordWriter(aperture, header: control.word)
    for fragment in fragments { writer.append(fragment) }
    writer.finish(alignment: CTPIOControl.alignment)
    // Memory does not tell anybody that it was written to; while the interface warms nobody is to know.
    guard !sending.pointee.isWarming, let command = pointee.command else { return }
    command(pointee.context, DoorbellPage.ctpioAperture, UInt64(writer.byteCount))
  }

  /// `ef_vi_transmitv_ctpio_copy` of EF10. The copy is the frame and no byte more.
  func cutThroughCopyEF10(
    _ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>, threshold: Int, fallback: UnsafeMutableRawPointer
  ) {
    cutThroughEF10(fragments, threshold: threshold)
    var end = fallback
    for fragment in fragments {
      guard let base = fragment.baseAddress else { continue }
      end.copyMemory(from: base, byteCount: fragment.count)
      end += fragment.count
    }
  }

  /// Whether the interface sends by cut-through at all; its fallback is a DMA send, and refused without.
  func checkCutThroughEF10() throws(QueueError) {
    guard pointee.sending?.pointee.sendsCutThrough == true else { throw QueueError(.unsupported) }
  }

  /// `ef_vi_start_transmit_warm` of EF10. The ring looks full, so that every send is refused at its end, and cut-through
  /// frames go to memory that no adapter looks at.
  func startTransmitWarmEF10() {
    guard let sending = pointee.sending, !sending.pointee.isWarming else { return }
    sending.pointee.removedBeforeWarming = pointee.transmitRemoved
    pointee.transmitRemoved = pointee.transmitAdded &- pointee.transmitMask
    sending.pointee.aperture = sending.pointee.warmAperture
  }

  /// `ef_vi_stop_transmit_warm` of EF10.
  func stopTransmitWarmEF10() {
    guard let sending = pointee.sending, let removed = sending.pointee.removedBeforeWarming else { return }
    pointee.transmitRemoved = removed
    sending.pointee.aperture = sending.pointee.realAperture
    sending.pointee.removedBeforeWarming = nil
  }
}
