-- The keys of a catalog; the number of this format is in CatalogKeys of the store. The scripts make the names of keys
-- up as they go, so a catalog lives on one server, or one with replicas, and not on a cluster.
--
-- counters             hash: the last version, pool, audit, change and migration that were given a number
-- pools                hash: name -> number
-- pool:NUMBER          hash: name, uri, weight, flavor unless it has none, options, state, queues, version, moves
--                      unless it never had any: migrations that are not over and name it
-- uris                 hash: uri -> name of its pool
-- carriers:FLAVOR      set: numbers of the pools that carry the name
-- queues               hash: project -> how many queues it has
-- page:PROJECT\0FIRST  sorted set: queues of the project whose names are not before FIRST, see queues.lua
-- pages:PROJECT        sorted set: FIRST of each page but the one that begins with the empty name
-- lives:LOW            set of integers: the high 48 bits of lives of queues, LOW being the low 16 ones
-- metadata             hash: life -> metadata that do not fit into the record
-- retirements          sorted set: life, epoch, space, name of the pool
-- flavors:PROJECT      hash: name -> 1 if it lists its pools, otherwise 0; what it requires
-- names:PROJECT        sorted set: names of flavors
-- required:FLAVOR      hash: what flavors of the name require -> how many of them do
-- migration:NUMBER     hash: project, name, life, from, to, state, over (1 or 0), document, version
-- migrations           sorted set: numbers of migrations
-- moving, over         sorted sets: of those the ones that are not over, and the others
-- moves                hash: life -> number of its migration that is not over
-- documents:PLACE      hash: name -> what it says, see documents.lua
-- named:PLACE          sorted set: names of documents
-- ends                 sorted set, by when they end: documents that do
-- audit, changes       streams, numbered without gaps
-- format               the number of the format
--
-- A life is 8 bytes, the highest first, with its sign turned round: lives in byte order are in order. Sorted
-- sets have scores of 0 and so are in byte order, but for those of numbers and ends, which are in order of these.
local call, sub, match, format = redis.call, string.sub, string.match, string.format
local AT = 'weir-catalog:'
local FORMAT, COUNTERS, AUDIT, CHANGES = AT .. 'format', AT .. 'counters', AT .. 'audit', AT .. 'changes'
local POOLS, POOL, URIS, CARRIERS = AT .. 'pools', AT .. 'pool:', AT .. 'uris', AT .. 'carriers:'
local QUEUES, PAGE, PAGES, LIVES = AT .. 'queues', AT .. 'page:', AT .. 'pages:', AT .. 'lives:'
local METADATA, RETIREMENTS = AT .. 'metadata', AT .. 'retirements'
local MIGRATION, MIGRATIONS = AT .. 'migration:', AT .. 'migrations'
local MOVING, OVER, MOVES = AT .. 'moving', AT .. 'over', AT .. 'moves'
local FLAVORS, NAMES, REQUIRED = AT .. 'flavors:', AT .. 'names:', AT .. 'required:'

local function count(counter)
    return format('%d', call('HINCRBY', COUNTERS, counter, 1))
end
