// A target of headers alone needs a file to compile.
