/// Gives out ranges of DMA pages, first fit, with a free page after each.
struct PageAllocator {
  private var free: [Range<Int>]

  init() { free = [TranslationTable.firstPage..<TranslationTable.pageCount] }

  /// The first page of a range, nil where no range is long enough.
  mutating func allocate(_ pageCount: Int) -> Int? {
    let wanted = pageCount + 1
    guard let index = free.firstIndex(where: { $0.count >= wanted }) else { return nil }
    let start = free[index].lowerBound
    if free[index].count == wanted {
      free.remove(at: index)
    } else {
      free[index] = (start + wanted)..<free[index].upperBound
    }
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
