import EtherFabricFormats
import Testing

@Suite struct SuperbufTests {
  @Test func aSuperbufHasItsLayout() {
    #expect(SuperbufLayout.size == 1_048_576 && SuperbufLayout.slotSize == 2048 && SuperbufLayout.slots == 512)
    #expect(SuperbufLayout.frameOffset == 64 && SuperbufLayout.dataOffset == 66)
    #expect(SuperbufLayout.futurePoison == 0xffa0_c09b_0000 && SuperbufLayout.futureOffset == 64)
    #expect(SuperbufLayout.maximumSuperbufs == 2048 && SuperbufLayout.offset(ofSlot: 511) == 1_046_528)
    #expect(SuperbufLayout.superbufs(forEntries: 512) == 1 && SuperbufLayout.superbufs(forEntries: 513) == 2)
  }

  /// Packet ids of the library's receive events, in superbuf 0 and 2 of the first queue.
  @Test(arguments: [(0x0, 0, 0), (0x12, 0, 18), (0x2_0000, 2, 0), (0x2_0012, 2, 18)] as [(UInt32, Int, Int)])
  func aPacketIDIsTheGoldenWord(_ word: UInt32, _ superbuf: Int, _ slot: Int) {
    #expect(PacketID(queue: 0, superbuf: superbuf, slot: slot).word == word)
    let read = PacketID(word: word)
    #expect(read.queue == 0 && read.superbuf == superbuf && read.slot == slot && !read.isMarked)
    #expect(read.offset == superbuf << 20 + slot << 11)
    #expect(PacketID(offset: read.offset) == read)
  }

  @Test func theLastPacketIDFillsThirtyBits() {
    let last = PacketID(queue: 7, superbuf: 2047, slot: 511)
    #expect(last.word == 0x3fff_01ff)
    #expect(last.queue == 7 && last.superbuf == 2047 && last.slot == 511)
    #expect(last.offset == 8 * 2048 << 20 - 2048 && PacketID(offset: last.offset + 1000) == last)
    let marked = PacketID(word: last.word | 1 << 31)
    #expect(marked.isMarked && marked.offset == last.offset && marked.queue == 7)
  }

  @Test func theDesignParametersAreThoseOfTheAdapters() {
    let defaults = DesignParameters.defaults
    #expect(defaults.superbufBytes == 1_048_576 && defaults.frameOffset == 64 && defaults.transmitApertureBytes == 4096)
    #expect(
      defaults.transmitFIFOBytes == 32768 && defaults.subnanosecondBits == 2 && defaults.creditSequenceMask == 0x7f)
    #expect(defaults.receiveStride == 4096 && defaults.receiveQueues == 8)
    #expect(defaults.metadataLocation == 0 && defaults.cutThroughMinimum == 0)
    #expect(DesignParameters.x3.metadataOffset == 1 && DesignParameters.x3.cutThroughMinimum == 0)
    #expect(DesignParameters.x4Express.metadataOffset == 0 && DesignParameters.x4Express.cutThroughMinimum == 2)
  }

  @Test func theTransmitSpaceIsThatOfTheLibrary() {
    #expect(DesignParameters.x3.transmitSpace(slots: 512) == 32696)
    #expect(DesignParameters.x4Express.transmitSpace(slots: 1024) == 32696)
    #expect(DesignParameters.x4Express.transmitSpace(slots: 128) == 8120)
    // One 60 byte frame outstanding.
    #expect(DesignParameters.x3.transmitSpace(slots: 512) - StreamHeader.footprint(of: 60) == 32568)
  }

  @Test func strangeDesignsAreRefused() {
    #expect(DesignParameters.x3.isSupported && DesignParameters.x4Express.isSupported)
    var strange = DesignParameters.x4Express
    strange.metadataLocation = 2
    #expect(!strange.isSupported)
    strange = .x4Express
    strange.transmitApertureBytes = 4096 + 64
    #expect(!strange.isSupported)
    strange = .x4Express
    strange.frameOffset = 16
    #expect(!strange.isSupported)
  }

  @Test func theSharedQueueOfAnX3HasTheOffsetsOfTheDriver() {
    #expect(SharedReceiveQueue.filled == 0 && SharedReceiveQueue.capacity == 16)
    #expect(SharedReceiveQueue.filledAdded == 128 && SharedReceiveQueue.filledRemoved == 132)
    #expect(SharedReceiveQueue.free == 136 && SharedReceiveQueue.freeAdded == 168)
    #expect(SharedReceiveQueue.freeRemoved == 172 && SharedReceiveQueue.queue == 176)
    #expect(SharedReceiveQueue.generation == 180 && SharedReceiveQueue.slots == 184)
    #expect(SharedReceiveQueue.timeSync == 192 && SharedReceiveQueue.size == 256)
    #expect(SharedReceiveQueue.noRoom == 200 && SharedReceiveQueue.tooManyOwned == 204)
    #expect(SharedReceiveQueue.noBuffers == 208 && SharedReceiveQueue.skipped == 212)
  }
}
