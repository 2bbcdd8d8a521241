import CiulHeaders
import EtherFabric
import Glibc

/// `efct_rxqs.ops` of `ef_vi`, of which a macro of the C headers calls one.
enum BufferOperations {
  nonisolated(unsafe) private static let shared = make { _, count in count == 0 ? invalid : 0 }
  nonisolated(unsafe) private static let none = make { _, _ in -EOPNOTSUPP }

  /// Clients that share buffers exist on X4's express datapath.
  static func table(_ datapath: Datapath) -> UnsafeMutablePointer<ef_vi_efct_rxq_ops> {
    datapath == .ef10ct ? shared : none
  }

  private static func make(
    _ setCount: @convention(c) (InterfacePointer?, Int) -> CInt
  ) -> UnsafeMutablePointer<ef_vi_efct_rxq_ops> {
    let table = UnsafeMutablePointer<ef_vi_efct_rxq_ops>.allocate(capacity: 1)
    memset(table, 0, MemoryLayout<ef_vi_efct_rxq_ops>.size)
    table.pointee.set_client_buf_count = setCount
    return table
  }
}
