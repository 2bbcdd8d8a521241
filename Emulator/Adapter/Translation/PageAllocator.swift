/// Gives out ranges of DMA pages, first fit, with a free page after each.
struct PageAllocator {
  private var free: [Range<Int>]

  init() { free = [TranslationTable.firstPage..<TranslationTable.pageCount] }

  /// The first page of a range, nil where no range is long enough.
  mutating func allocate(_ pageCount: Int) -> Int? { allocate(pageCount, congruentTo: 0, modulo: 1) }

  /// The same for a range whose first page leaves the remainder of `page` when it is divided by `modulus`.
  mutating func allocate(_ pageCount: Int, congruentTo page: Int, modulo modulus: Int) -> Int? {
    let wanted = pageCount + 1
    func first(_ range: Range<Int>) -> Int {
      range.lowerBound + ((page - range.lowerBound) % modulus + modulus) % modulus
    }
    guard let index = free.firstIndex(where: { first($0) + wanted <= $0.upperBound }) else { return nil }
    let range = free[index]
    let start = first(range)
    free.replaceSubrange(
      index...index,
      with: [range.lowerBound..<start, (start + wanted)..<range.upperBound].filter { !$0.isEmpty })
    return start
  }

  /// Takes a range back and joins it to its neighbours.
  mutating func release(_ firstPage: Int, pageCount: Int) {
    let range = firstPage..<(firstPage + pageCount + 1)
    let index = free.firstIndex { $0.lowerBound > range.lowerBound } ?? free.count
    free.insert(range, at: index)
    var merged: [Range<Int>] = []
    merged.reserveCapacity(free.count)
    for part in free {
      if let last = merged.last, last.upperBound == part.lowerBound {
        merged[merged.count - 1] = last.lowerBound..<part.upperBound
      } else {
        merged.append(part)
      }
    }
    free = merged
  }
}
