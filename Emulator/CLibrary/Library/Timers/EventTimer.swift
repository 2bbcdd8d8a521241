import CiulHeaders
import EtherFabric

let primeTimer: @convention(c) (InterfacePointer?, UInt32) -> Void = { vi, microseconds in
  within(vi, else: ()) { $0.pointee.primeEventTimer(.microseconds(Int64(microseconds))) }
}

let runTimer: @convention(c) (InterfacePointer?, UInt32) -> Void = { vi, microseconds in
  within(vi, else: ()) { $0.pointee.runEventTimer(.microseconds(Int64(microseconds))) }
}

let clearTimer: @convention(c) (InterfacePointer?) -> Void = { vi in
  within(vi, else: ()) { $0.pointee.clearEventTimer() }
}

let zeroTimer: @convention(c) (InterfacePointer?) -> Void = { vi in
  within(vi, else: ()) { $0.pointee.zeroEventTimer() }
}
