/// Gives out ranges of DMA pages, first fit, with a free page after each.
struct PageAllocator {
  /// Ascending, and none touches the next.
  private var free: [Range<Int>]

  init(_ pages: Range<Int> = TranslationTable.firstPage..<TranslationTable.pageCount) { free = [pages] }

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
    var range = firstPage..<(firstPage + pageCount + 1)
    // The place of the first range behind it.
    var low = 0
    var high = free.count
    while low < high {
      let middle = (low + high) / 2
      if free[middle].lowerBound < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    var replaced = low..<low
    if low < free.count, free[low].lowerBound == range.upperBound {
      range = range.lowerBound..<free[low].upperBound
      replaced = low..<low + 1
    }
    if low > 0, free[low - 1].upperBound == range.lowerBound {
      range = free[low - 1].lowerBound..<range.upperBound
      replaced = low - 1..<replaced.upperBound
    }
    free.replaceSubrange(replaced, with: CollectionOfOne(range))
  }
}
