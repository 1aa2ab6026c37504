// The Redis queue's operations as Lua scripts: each is atomic on the server. They are the algorithms of MemoryQueueState
// (Sources/Queue) over Redis' structures, down to the numbers drawn from the counter; a property test holds the two
// together. When you change one, also change the other. docs/decisions/0003-redis-queue.md says why it is built this way.
//
// Keys, after the prefix:
//   job:ID                 hash    the job: queue function payload size group ordering unique due place at state attempts
//                                  token started worker error; state is waiting, running or dead
//   counter                number  places, tokens and turns
//   burials                number  the order of the dead
//   spin                   number  which queue of a lease is looked at first
//   lane:ORDERING          zset    ids of the live jobs of an ordering key by place; only its first may stand elsewhere
//   q:QUEUE:waiting        zset    ids of waiting jobs by place
//   q:QUEUE:delayed        zset    ids of jobs that are first of their lane and not due, by due time
//   q:QUEUE:rotation       zset    groups that have a row, by turn
//   q:QUEUE:group:GROUP    zset    the row: ids of jobs of that group that could be leased now, by place
//   q:QUEUE:leases         zset    ids of running jobs by the end of their lease
//   q:QUEUE:dead           zset    ids of dead jobs in the order they died
//   q:QUEUE:unique         hash    unique key to the id of its waiting job
//   q:QUEUE:tally          hash    bytes (of waiting payloads), deadBytes, stolen
//   q:QUEUE:wake           list    a token for a worker that waits in BLPOP
// An absent ordering or unique key is the empty string, a present one is preceded by `+`. Times are in milliseconds.

/// One operation's script.
struct RedisScript: Sendable, Hashable {
  let name: String
  let source: String

  private init(_ name: String, _ body: String) {
    self.name = name
    source = prelude + body
  }

  /// id queue function payload group ordering unique delay maximumDepth maximumBytes
  static let enqueue = RedisScript(
    "enqueue",
    """
    local id, queue, code, payload, group, ordering, unique = unpack(ARGV, 2, 8)
    local due, depth, bytes = laterBy(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
    local present = call('HGET', record(id), 'state')
    if present and present ~= 'dead' then return {'queued', id} end
    local other = unique ~= '' and call('HGET', key(queue, 'unique'), unique)
    if other then
      if merge(other, queue, code, payload, due, bytes) then return {'merged', other} end
      return {'full', 'bytes'}
    end
    local full = lacksRoom(queue, #payload, depth, bytes)
    if full then return {'full', full} end
    if present then forgetDead(call('HGET', record(id), 'queue'), id) end
    local seat = draw()
    call('HSET', record(id), 'queue', queue, 'function', code, 'payload', payload, 'size', #payload, 'group', group,
      'ordering', ordering, 'unique', unique, 'due', due, 'attempts', 0, 'state', 'waiting', 'place', seat, 'at', now)
    join(id, queue, group, ordering, unique, seat, due, #payload)
    return {'queued', id}
    """)

  /// worker limit leaseDuration queue…
  static let lease = RedisScript(
    "lease",
    """
    local queues = {unpack(ARGV, 5)}
    for _, queue in ipairs(queues) do settle(queue) end
    local worker, limit, expiry = ARGV[2], tonumber(ARGV[3]), now + ARGV[4]
    local spin, leases, found = tonumber(call('GET', P .. 'spin') or 0), {}, true
    while #leases < limit and found do
      found = false
      for offset = 0, #queues - 1 do
        local queue = queues[(spin + #leases + offset) % #queues + 1]
        local group = call('ZRANGE', key(queue, 'rotation'), 0, 0)[1]
        if group then
          leases[#leases + 1] = take(queue, group, worker, expiry)
          found = true
          break
        end
      end
    end
    if #leases > 0 then call('INCRBY', P .. 'spin', #leases) end
    if not found then
      for _, queue in ipairs(queues) do call('DEL', key(queue, 'wake')) end
    end
    return {#leases == 0 and nextEvent(queues) or -1, leases}
    """)

  /// id token leaseDuration
  static let extend = RedisScript(
    "extend",
    """
    local queue = held(ARGV[2], ARGV[3])
    if not queue then return 0 end
    call('ZADD', key(queue, 'leases'), now + ARGV[4], ARGV[2])
    return 1
    """)

  /// id token
  static let complete = RedisScript(
    "complete",
    """
    local queue, ordering = held(ARGV[2], ARGV[3])
    if not queue then return 0 end
    call('ZREM', key(queue, 'leases'), ARGV[2])
    call('DEL', record(ARGV[2]))
    leaveLane(ARGV[2], ordering)
    return 1
    """)

  /// id token delay error
  static let retry = RedisScript(
    "retry",
    """
    local queue = held(ARGV[2], ARGV[3])
    if not queue then return 0 end
    call('HSET', record(ARGV[2]), 'error', ARGV[5])
    takeBack(ARGV[2], queue, laterBy(ARGV[4]))
    return 1
    """)

  /// id token delay
  static let release = RedisScript(
    "release",
    """
    local queue = held(ARGV[2], ARGV[3])
    if not queue then return 0 end
    call('HINCRBY', record(ARGV[2]), 'attempts', -1)
    takeBack(ARGV[2], queue, laterBy(ARGV[4]))
    return 1
    """)

  /// id token error maximumDead maximumBytes
  static let bury = RedisScript(
    "bury",
    """
    local id, count, bytes = ARGV[2], tonumber(ARGV[5]), tonumber(ARGV[6])
    local queue, ordering, size = held(id, ARGV[3])
    if not queue then return 0 end
    call('ZREM', key(queue, 'leases'), id)
    call('HSET', record(id), 'state', 'dead', 'error', ARGV[4])
    call('ZADD', key(queue, 'dead'), call('INCR', P .. 'burials'), id)
    tally(queue, 'deadBytes', size)
    leaveLane(id, ordering)
    while call('ZCARD', key(queue, 'dead')) > count or tallied(queue, 'deadBytes') > bytes do
      local oldest = call('ZRANGE', key(queue, 'dead'), 0, 0)[1]
      if not oldest then break end
      forgetDead(queue, oldest)
    end
    return 1
    """)

  /// id maximumDepth maximumBytes
  static let revive = RedisScript(
    "revive",
    """
    local id = ARGV[2]
    local queue, group, ordering, unique, size, state =
      unpack(call('HMGET', record(id), 'queue', 'group', 'ordering', 'unique', 'size', 'state'))
    if state ~= 'dead' then return {'absent'} end
    local full = lacksRoom(queue, size, tonumber(ARGV[3]), tonumber(ARGV[4]))
    if full then return {'full', full, queue} end
    call('ZREM', key(queue, 'dead'), id)
    tally(queue, 'deadBytes', 0 - size)
    local seat = draw()
    call('HSET', record(id), 'attempts', 0, 'due', 0, 'state', 'waiting', 'place', seat, 'at', now)
    call('HDEL', record(id), 'error')
    join(id, queue, group, ordering, unique, seat, 0, size)
    return {'revived'}
    """)

  /// id
  static let state = RedisScript(
    "state",
    """
    local id = ARGV[2]
    local queue, state = unpack(call('HMGET', record(id), 'queue', 'state'))
    if not state then return {} end
    if state == 'running' and tonumber(call('ZSCORE', key(queue, 'leases'), id)) <= now then expire(id, queue) end
    return call('HMGET', record(id), 'state', 'attempts', 'started', 'worker', 'error')
    """)

  /// queue
  static let reading = RedisScript(
    "reading",
    """
    local queue, age = ARGV[2], -1
    settle(queue)
    local oldest = call('ZRANGE', key(queue, 'waiting'), 0, 0)[1]
    if oldest then age = now - call('HGET', record(oldest), 'at') end
    return {call('ZCARD', key(queue, 'waiting')), call('ZCARD', key(queue, 'delayed')), call('ZCARD', key(queue, 'leases')),
      call('ZCARD', key(queue, 'dead')), age, tallied(queue, 'stolen')}
    """)
}

/// What all scripts share. ARGV[1] is the time, or -1 for the server's own, which all clocks of workers defer to.
private let prelude = """
  local P, call = KEYS[1], redis.call
  local now = tonumber(ARGV[1])
  if now < 0 then
    local time = call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  local function key(queue, name) return P .. 'q:' .. queue .. ':' .. name end
  local function row(queue, group) return P .. 'q:' .. queue .. ':group:' .. group end
  local function record(id) return P .. 'job:' .. id end
  local function lane(ordering) return P .. 'lane:' .. ordering end
  local function draw() return call('INCR', P .. 'counter') end
  -- Subtract from 0 to take away: Lua writes the negation of 0 as -0, which Redis refuses.
  local function tally(queue, field, amount) call('HINCRBY', key(queue, 'tally'), field, amount) end
  local function tallied(queue, field) return tonumber(call('HGET', key(queue, 'tally'), field) or 0) end
  local function laterBy(delay) if tonumber(delay) > 0 then return now + delay end return 0 end

  local function lacksRoom(queue, size, depth, bytes)
    if call('ZCARD', key(queue, 'waiting')) >= depth then return 'jobs' end
    if tallied(queue, 'bytes') + size > bytes then return 'bytes' end
  end

  -- A waiting job with none before it in its lane stands in its group's row, or among the delayed until it is due.
  local function place(id, queue, group, seat, due)
    if due > now then
      call('ZADD', key(queue, 'delayed'), due, id)
    else
      call('ZADD', row(queue, group), seat, id)
      if call('ZCARD', row(queue, group)) == 1 then call('ZADD', key(queue, 'rotation'), draw(), group) end
    end
    if call('LLEN', key(queue, 'wake')) < 16 then call('RPUSH', key(queue, 'wake'), '') end
  end

  local function placeRecord(id)
    local queue, group, seat, due = unpack(call('HMGET', record(id), 'queue', 'group', 'place', 'due'))
    place(id, queue, group, seat, tonumber(due))
  end

  local function leaveRow(id, queue, group)
    call('ZREM', row(queue, group), id)
    if call('ZCARD', row(queue, group)) == 0 then call('ZREM', key(queue, 'rotation'), group) end
  end

  -- The first of a lane is gone for good: the next one may go.
  local function leaveLane(id, ordering)
    if ordering == '' then return end
    call('ZREM', lane(ordering), id)
    local following = call('ZRANGE', lane(ordering), 0, 0)[1]
    if following then placeRecord(following) end
  end

  local function becomeWaiting(id, queue, unique, seat, size)
    call('ZADD', key(queue, 'waiting'), seat, id)
    tally(queue, 'bytes', size)
    if unique ~= '' then call('HSETNX', key(queue, 'unique'), unique, id) end
  end

  -- A job that is new here, or new again, stands behind all others.
  local function join(id, queue, group, ordering, unique, seat, due, size)
    becomeWaiting(id, queue, unique, seat, size)
    if ordering ~= '' then
      call('ZADD', lane(ordering), seat, id)
      if call('ZCARD', lane(ordering)) > 1 then return end
    end
    place(id, queue, group, seat, due)
  end

  -- False when the new payload does not fit.
  local function merge(id, queue, code, payload, due, bytes)
    local size, group, ordering, seat = unpack(call('HMGET', record(id), 'size', 'group', 'ordering', 'place'))
    if tallied(queue, 'bytes') - size + #payload > bytes then return false end
    tally(queue, 'bytes', #payload - size)
    call('HSET', record(id), 'function', code, 'payload', payload, 'size', #payload, 'due', due, 'attempts', 0)
    call('HDEL', record(id), 'error')
    if ordering ~= '' and call('ZRANGE', lane(ordering), 0, 0)[1] ~= id then return true end
    -- A job that was and stays ready keeps its group's turn.
    if call('ZREM', key(queue, 'delayed'), id) == 1 then
      place(id, queue, group, seat, due)
    elseif due > now then
      leaveRow(id, queue, group)
      place(id, queue, group, seat, due)
    end
    return true
  end

  local function takeBack(id, queue, due)
    local group, unique, seat, size = unpack(call('HMGET', record(id), 'group', 'unique', 'place', 'size'))
    call('ZREM', key(queue, 'leases'), id)
    call('HSET', record(id), 'state', 'waiting', 'due', due)
    becomeWaiting(id, queue, unique, seat, size)
    place(id, queue, group, seat, due)
  end

  local function expire(id, queue)
    tally(queue, 'stolen', 1)
    takeBack(id, queue, 0)
  end

  -- Jobs that have become due are placed anew, and leases that have ended are taken back; a thousand a call at most, so
  -- that no call keeps others waiting for long.
  local function settle(queue)
    for _, id in ipairs(call('ZRANGEBYSCORE', key(queue, 'delayed'), '-inf', now, 'LIMIT', 0, 1000)) do
      call('ZREM', key(queue, 'delayed'), id)
      placeRecord(id)
    end
    for _, id in ipairs(call('ZRANGEBYSCORE', key(queue, 'leases'), '-inf', now, 'LIMIT', 0, 1000)) do expire(id, queue) end
  end

  local function take(queue, group, worker, expiry)
    local id, token = call('ZPOPMIN', row(queue, group))[1], draw()
    if call('ZCARD', row(queue, group)) > 0 then
      call('ZADD', key(queue, 'rotation'), token, group)
    else
      call('ZREM', key(queue, 'rotation'), group)
    end
    local code, payload, size, ordering, unique, at, attempts =
      unpack(call('HMGET', record(id), 'function', 'payload', 'size', 'ordering', 'unique', 'at', 'attempts'))
    local attempt = attempts + 1
    call('HSET', record(id), 'state', 'running', 'token', token, 'started', now, 'worker', worker, 'attempts', attempt)
    call('ZREM', key(queue, 'waiting'), id)
    call('ZADD', key(queue, 'leases'), expiry, id)
    tally(queue, 'bytes', 0 - size)
    if unique ~= '' and call('HGET', key(queue, 'unique'), unique) == id then call('HDEL', key(queue, 'unique'), unique) end
    return {id, queue, code, payload, group, ordering, unique, attempt, token, at}
  end

  -- The queue, ordering key and size of a job that this token still holds.
  local function held(id, token)
    local queue, state, current, ordering, size = unpack(call('HMGET', record(id), 'queue', 'state', 'token', 'ordering', 'size'))
    if state ~= 'running' or current ~= token then return nil end
    if tonumber(call('ZSCORE', key(queue, 'leases'), id)) <= now then
      expire(id, queue)
      return nil
    end
    return queue, ordering, size
  end

  local function forgetDead(queue, id)
    call('ZREM', key(queue, 'dead'), id)
    tally(queue, 'deadBytes', 0 - call('HGET', record(id), 'size'))
    call('DEL', record(id))
  end

  -- Milliseconds until a job becomes due or a lease ends; -1 when nothing happens by itself.
  local function nextEvent(queues)
    local first = -1
    for _, queue in ipairs(queues) do
      for _, name in ipairs({'delayed', 'leases'}) do
        local score = call('ZRANGE', key(queue, name), 0, 0, 'WITHSCORES')[2]
        if score and (first < 0 or score - now < first) then first = math.max(0, score - now) end
      end
    end
    return first
  end

  """
