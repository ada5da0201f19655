-- Work added outside a command. Contract: scripts.put.
put(work_keys(1), { ARGV[1] }, { ARGV[2] })
return 1
