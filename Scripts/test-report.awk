# Reads the event stream of Swift Testing (one JSON object a line) and prints the failed and the skipped tests and a
# last line `N passed, N failed, N skipped`. Fails where a test failed, did not finish, or none ran; with strict=true
# also where a test was skipped for a reason that begins with `network`.

# The string after "key": on this line, unescaped; empty where there is none.
function value(key,    mark, start, text, i, c) {
  mark = "\"" key "\":\""
  start = index($0, mark)
  if (!start) return ""
  text = ""
  for (i = start + length(mark); i <= length($0); i++) {
    c = substr($0, i, 1)
    if (c == "\"") break
    if (c == "\\") {
      c = substr($0, ++i, 1)
      if (c == "n" || c == "t") c = " "
    }
    text = text c
  }
  return text
}

function has(text) { return index($0, text) > 0 }

has("\"kind\":\"test\"") && has("\"kind\":\"function\"") {
  id = value("id")
  if (!(id in known)) order[++tests] = id
  known[id] = 1
}
has("\"kind\":\"testStarted\"") { started[value("testID")] = 1 }
has("\"kind\":\"testEnded\"") { ended[value("testID")] = 1 }
has("\"kind\":\"testSkipped\"") { skipped[value("testID")] = value("text") }
has("\"kind\":\"issueRecorded\"") && has("\"isFailure\":true") {
  id = value("testID")
  if (!(id in known)) {
    stray[++strays] = value("text")
  } else if (!(id in failed)) {
    failed[id] = value("text")
  }
}
has("\"kind\":\"runEnded\"") { finished = 1 }

# The suites around a test: its own identifier up to each slash, and the module.
function skippedWith(id,    i, part) {
  if (id in skipped) return skipped[id]
  for (i = length(id); i > 0; i--) {
    if (substr(id, i, 1) != "/") continue
    part = substr(id, 1, i - 1)
    if (part in skipped) return skipped[part]
  }
  return ""
}

function shortName(id) {
  sub(/\/[^\/]*\.swift:[0-9]+:[0-9]+$/, "", id)
  return id
}

END {
  for (i = 1; i <= tests; i++) {
    id = order[i]
    if (id in failed) {
      failures[++failureCount] = shortName(id) ": " failed[id]
    } else if (id in ended) {
      passedCount++
    } else if (id in started) {
      failures[++failureCount] = shortName(id) ": did not finish"
    } else if ((reason = skippedWith(id)) != "") {
      at = index(reason, " skipped: ")
      reason = at ? substr(reason, at + 10) : "no reason given"
      gsub(/^"|"$/, "", reason)
      if (reason ~ /^network/) networkCount++
      skips[++skipCount] = shortName(id) ": " reason
    } else if (!finished) {
      failures[++failureCount] = shortName(id) ": was not reached"
    }
  }
  for (i = 1; i <= strays; i++) failures[++failureCount] = "outside any test: " stray[i]

  print ""
  if (failureCount) {
    print "failed: " failureCount
    for (i = 1; i <= failureCount; i++) print "  " failures[i]
  }
  print "skipped: " skipCount + 0
  for (i = 1; i <= skipCount; i++) print "  " skips[i]
  if (networkCount && strict == "true") print "Here the network tests have to run: " networkCount " were skipped."
  printf "%d passed, %d failed, %d skipped\n", passedCount, failureCount, skipCount
  if (failureCount || !finished || !(passedCount + skipCount)) exit 1
  if (networkCount && strict == "true") exit 1
}
