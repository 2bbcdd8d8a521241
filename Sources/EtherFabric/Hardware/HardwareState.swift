import CEtherFabric
import EtherFabricFormats

/// The program's side of an interface over libciul, beside its `QueueState`, which has no rings there.
@usableFromInline
struct HardwareState {
  let interface: UnsafeMutablePointer<ef_vi>
  let handle: ef_driver_handle
  let datapath: Datapath

  /// Room for the events of one poll as libciul writes them, `eventRoom` of them.
  let events: UnsafeMutablePointer<ef_event>
  static let eventRoom = 64

  // Warming.
  /// Where cut-through frames go while the interface only warms.
  let warmAperture: UnsafeMutablePointer<CChar>
  var saved = ef_vi_tx_warm_state()
  var isWarming = false

  /// Frames in superbufs, by the index of their queue, `SuperbufLayout.maximumQueues` of them; nil before the first frame.
  let frames: UnsafeMutablePointer<UnsafeMutablePointer<HardwareFrames>?>
  /// The last peek found a frame.
  var hasFuture = false

  init(_ grant: HardwareGrant, datapath: Datapath) {
    interface = grant.interface
    handle = grant.handle
    self.datapath = datapath
    events = .allocate(capacity: Self.eventRoom)
    events.initialize(repeating: ef_event(), count: Self.eventRoom)
    let aperture = max(DoorbellPage.ctpioApertureSize, Int(interface.pointee.vi_txq.efct_aperture_mask) * 8 + 8)
    warmAperture = UnsafeMutableRawPointer.allocate(byteCount: aperture, alignment: DoorbellPage.ctpioApertureSize)
      .bindMemory(to: CChar.self, capacity: aperture)
    frames = .allocate(capacity: SuperbufLayout.maximumQueues)
    frames.initialize(repeating: nil, count: SuperbufLayout.maximumQueues)
  }
}

extension UnsafeMutablePointer where Pointee == HardwareState {
  /// The interface goes: frames that are out are copied, libciul unmaps them.
  func keepFrames() {
    for queue in 0..<SuperbufLayout.maximumQueues { pointee.frames[queue]?.keepFrames() }
  }

  /// Frees the state; frames end with the last one that is out.
  func destroy() {
    for queue in 0..<SuperbufLayout.maximumQueues { pointee.frames[queue]?.abandon() }
    pointee.frames.deallocate()
    pointee.events.deallocate()
    UnsafeMutableRawPointer(pointee.warmAperture).deallocate()
    deinitialize(count: 1)
    deallocate()
  }

  /// Ids of the buffers that are in the rings. libciul forgets them when the interface is freed.
  func outstanding() -> [UInt32] {
    let interface = pointee.interface.pointee
    guard let state = interface.ep_state else { return [] }
    func ids(_ ids: UnsafeMutablePointer<UInt32>?, _ mask: UInt32, from removed: UInt32, to added: UInt32) -> [UInt32] {
      guard let ids, mask != 0, added &- removed <= mask &+ 1 else { return [] }
      return (0..<(added &- removed)).map { ids[Int((removed &+ $0) & mask)] }.filter { $0 != .max }
    }
    let receive = state.pointee.rxq
    let transmit = state.pointee.txq
    // The receive ids of superbufs are nobody's.
    return
      (pointee.datapath.isExpress
      ? [] : ids(interface.vi_rxq.ids, interface.vi_rxq.mask, from: receive.removed, to: receive.added))
      + ids(interface.vi_txq.ids, interface.vi_txq.mask, from: transmit.removed, to: transmit.added)
  }
}
