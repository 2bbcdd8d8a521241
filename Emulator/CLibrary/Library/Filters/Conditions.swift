// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func ef_filter_spec_init(_ spec: UnsafeMutablePointer<ef_filter_spec>!, _ flags: ef_filter_flags) {
  guard let spec else { return }
  FilterSpecification(flags: FilterFlags(rawValue: flags.rawValue)).store(to: spec)
}

@c @implementation
public func ef_filter_spec_set_vlan(_ spec: UnsafeMutablePointer<ef_filter_spec>!, _ vlan: CInt) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setVLAN(Int(vlan)) }
}

@c @implementation
public func ef_filter_spec_set_eth_type(_ spec: UnsafeMutablePointer<ef_filter_spec>!, _ type: UInt16) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setEtherType(UInt16(bigEndian: type)) }
}

@c @implementation
public func ef_filter_spec_set_ip_proto(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ protocolNumber: UInt8
) -> CInt {
  change(spec) { filter throws(EtherFabricError) in
    try filter.setIPProtocol(InternetProtocol(rawValue: Int(protocolNumber)))
  }
}

@c @implementation
public func ef_filter_spec_set_unicast_all(_ spec: UnsafeMutablePointer<ef_filter_spec>!) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setUnicastAll() }
}

@c @implementation
public func ef_filter_spec_set_multicast_all(_ spec: UnsafeMutablePointer<ef_filter_spec>!) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setMulticastAll() }
}

@c @implementation
public func ef_filter_spec_set_unicast_mismatch(_ spec: UnsafeMutablePointer<ef_filter_spec>!) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setUnicastMismatch() }
}

@c @implementation
public func ef_filter_spec_set_multicast_mismatch(_ spec: UnsafeMutablePointer<ef_filter_spec>!) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setMulticastMismatch() }
}

@c @implementation
public func ef_filter_spec_set_port_sniff(_ spec: UnsafeMutablePointer<ef_filter_spec>!, _ promiscuous: CInt) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setPortSniff(promiscuous: promiscuous != 0) }
}

@c @implementation
public func ef_filter_spec_set_tx_port_sniff(_ spec: UnsafeMutablePointer<ef_filter_spec>!) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setTransmitPortSniff() }
}

@c @implementation
public func ef_filter_spec_set_block_kernel(_ spec: UnsafeMutablePointer<ef_filter_spec>!) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setBlockKernel() }
}

@c @implementation
public func ef_filter_spec_set_block_kernel_unicast(_ spec: UnsafeMutablePointer<ef_filter_spec>!) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setBlockKernelUnicast() }
}

@c @implementation
public func ef_filter_spec_set_block_kernel_multicast(_ spec: UnsafeMutablePointer<ef_filter_spec>!) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setBlockKernelMulticast() }
}

@c @implementation
public func ef_filter_spec_set_dest(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ queue: CInt, _ flags: UInt32
) -> CInt {
  change(spec) { filter throws(EtherFabricError) in try filter.setDestination(Int(queue)) }
}

// Declared in libciul's headers, and in no library: no adapter of today has them.

@c @implementation
public func ef_filter_spec_set_user_mark(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ mark: UInt32, _ combine: CInt
) -> CInt { -EOPNOTSUPP }

@c @implementation
public func ef_filter_spec_set_user_flag(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ flag: UInt8, _ combine: CInt
) -> CInt { -EOPNOTSUPP }
