// error: 'frame' used after consume
import EtherFabric

func frameAfterTakingItsBuffer(_ frame: consuming ReceivedFrame) {
  let buffer = frame.takeBuffer()
  print(frame.count, buffer == nil)
}
