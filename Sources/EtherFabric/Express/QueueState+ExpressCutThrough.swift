extension UnsafeMutablePointer where Pointee == QueueState {
  func cutThroughExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>,
    threshold: Int
  ) {}

  func cutThroughCopyExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>,
    threshold: Int, fallback: UnsafeMutableRawPointer
  ) {}

  func cutThroughFallbackExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ address: DMAAddress, length: Int, id: RequestID
  ) throws(QueueError) {
    throw QueueError(.unsupported)
  }

  func cutThroughVectorFallbackExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    throw QueueError(.unsupported)
  }

  func startTransmitWarmExpress(_ express: UnsafeMutablePointer<ExpressState>) {}

  func stopTransmitWarmExpress(_ express: UnsafeMutablePointer<ExpressState>) {}
}
