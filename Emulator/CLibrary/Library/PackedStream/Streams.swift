// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func ef_vi_packed_stream_get_params(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ parameters: UnsafeMutablePointer<ef_packed_stream_params>!
) -> CInt {
  guard let parameters else { return invalid }
  return within(vi, else: invalid) { interface in
    answer { () throws(EtherFabricError) in
      let found = try interface.pointee.packedStreamParameters()
      parameters.pointee = ef_packed_stream_params(
        psp_buffer_size: CInt(found.bufferSize), psp_buffer_align: CInt(found.bufferAlignment),
        psp_start_offset: CInt(found.startOffset), psp_max_usable_buffers: CInt(clamping: found.maximumUsableBuffers))
      return 0
    }
  }
}

@c @implementation
public func ef_vi_packed_stream_unbundle(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ event: UnsafePointer<ef_event>!,
  _ next: UnsafeMutablePointer<UnsafeMutablePointer<ef_packed_stream_packet>?>!, _ packets: UnsafeMutablePointer<CInt>!,
  _ bytes: UnsafeMutablePointer<CInt>!
) -> CInt {
  guard let event, let next, let packets, let bytes, let start = next.pointee else { return invalid }
  return within(vi, else: invalid) { interface, slot in
    let words = EventWords(event)
    guard words.first & 0xffff == EventWords.Kind.packedStream,
      let control = slot.pointee.control?.takeUnretainedValue()
    else { return invalid }
    return answer { () throws(EtherFabricError) in
      let size = try interface.pointee.packedStreamParameters().bufferSize
      // Buffers are aligned to their size, and must be memory that the adapter was given.
      let address = UInt(bitPattern: start)
      guard let buffer = UnsafeMutableRawPointer(bitPattern: address & ~UInt(size - 1)) else { return invalid }
      if control.knownBuffer != buffer {
        guard Registry.covers(buffer, count: size) else { return invalid }
        control.knownBuffer = buffer
      }
      let found = interface.pointee.unbundle(
        packets: UInt16(truncatingIfNeeded: words.first >> 48),
        errors: PackedStreamFlags(rawValue: UInt8(truncatingIfNeeded: words.second)), in: buffer, size: size,
        offset: Int(address & UInt(size - 1)))
      packets.pointee = CInt(found.count)
      bytes.pointee = CInt(clamping: found.byteCount)
      next.pointee = (buffer + found.offset).assumingMemoryBound(to: ef_packed_stream_packet.self)
      return found.timestampError.map { -$0.errno } ?? 0
    }
  }
}
