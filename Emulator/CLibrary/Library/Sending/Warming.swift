// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric

let startTransmitWarm:
  @convention(c) (InterfacePointer?, UnsafeMutablePointer<ef_vi_tx_warm_state>?, UnsafeMutablePointer<CChar>?) -> Void =
    { vi, saved, aperture in
      within(vi, else: ()) { $0.pointee.startTransmitWarm() }
    }

let stopTransmitWarm: @convention(c) (InterfacePointer?, UnsafeMutablePointer<ef_vi_tx_warm_state>?) -> Void = {
  vi, saved in
  within(vi, else: ()) { $0.pointee.stopTransmitWarm() }
}

@c @implementation
public func efct_vi_start_transmit_warm(_ vi: UnsafeMutablePointer<ef_vi>!) { startTransmitWarm(vi, nil, nil) }

@c @implementation
public func efct_vi_stop_transmit_warm(_ vi: UnsafeMutablePointer<ef_vi>!) { stopTransmitWarm(vi, nil) }
