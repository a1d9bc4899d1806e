-- a command that only reads, its key without the prefix, and what else it takes
return redis.call(ARGV[3], P .. ARGV[4], unpack(ARGV, 5))
