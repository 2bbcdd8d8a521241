import ArgumentParser
import EtherFabric

/// `--discards`: which errors make discards, by names.
struct DiscardList: ExpressibleByArgument {
  let mask: DiscardMask

  private static let table: [(name: String, mask: DiscardMask)] = [
    ("fcs", .frameCheckError), ("length", .lengthError), ("l3", .l3ChecksumError), ("l4", .l4ChecksumError),
    ("inner-l3", .innerL3ChecksumError), ("inner-l4", .innerL4ChecksumError), ("l2-other", .l2ClassOther),
    ("l3-other", .l3ClassOther), ("l4-other", .l4ClassOther),
  ]

  /// The names, for help.
  static var names: String { table.map(\.name).joined(separator: ", ") }

  init?(argument: String) {
    switch argument {
    case "none": mask = []
    case "all": mask = Self.table.reduce(into: []) { $0.formUnion($1.mask) }
    default:
      var mask: DiscardMask = []
      for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let row = Self.table.first(where: { $0.name == name }) else { return nil }
        mask.formUnion(row.mask)
      }
      self.mask = mask
    }
  }
}
