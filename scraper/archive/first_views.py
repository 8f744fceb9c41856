"""The views of the first archive: what SQL asks by one name although it lies in several tables. See `schema`."""

from __future__ import annotations

FIRST_VIEWS = """
create view version_passages as
select v.id as version_id,
       row_number() over (partition by v.id order by s.rank) - 1 as position,
       s.kind as kind,
       s.passage_id as passage_id
from versions v
join spans s on s.source_id = v.source_id
 and s.from_version <= v.number and (s.to_version is null or s.to_version >= v.number);

create view version_texts as
select v.id as version_id, v.source_id as source_id, v.number as number, v.first_seen as first_seen,
       (select coalesce(group_concat(case when kind not in ('aside', 'caption') then text end, char(10)),
                        group_concat(text, char(10)))
        from (
            select p.text as text, s.kind as kind from spans s join passages p on p.id = s.passage_id
            where s.source_id = v.source_id and s.from_version <= v.number
              and (s.to_version is null or s.to_version >= v.number)
              and s.kind not in ('byline', 'date', 'notice')
            order by s.rank)) as text
from versions v;

create view latest_versions as
select v.* from versions v
where v.number = (select max(number) from versions w where w.source_id = v.source_id);

create view passage_history as
select s.source_id as source_id, s.passage_id as passage_id, s.kind as kind, p.text as text,
       s.from_version as first_version, last.number as last_version,
       first.first_seen as first_seen, last.last_seen as last_seen,
       s.to_version is null as standing
from spans s
join passages p on p.id = s.passage_id
join versions first on first.source_id = s.source_id and first.number = s.from_version
join versions last on last.source_id = s.source_id and last.number = coalesce(
    s.to_version, (select max(number) from versions w where w.source_id = s.source_id));

create view coverage as
select source_id, min(started) as "from", max(started) as "to", outcome, count(*) as looks
from (
    select source_id, started, id, outcome,
           row_number() over (partition by source_id order by id)
         - row_number() over (partition by source_id, outcome order by id) as stretch
    from (select source_id, started, id,
                 case when outcome in ('first_version', 'new_version', 'unchanged', 'not_modified')
                      then 'seen' else outcome end as outcome
          from fetches))
group by source_id, outcome, stretch;

create view gaps as
select source_id, "from", "to",
       -- a clock that was set back between two looks leaves nothing to say of the time between them
       round(max(0, julianday(coalesce("to", last_look)) - julianday("from")) * 24, 1) as hours, looks_failed
from (
    select source_id, "from", "to",
           (select max(started) from fetches f where f.source_id = seen.source_id) as last_look,
           (select count(*) from fetches f where f.source_id = seen.source_id and f.id > seen.id
              and f.id < coalesce(seen.next_id, 9223372036854775807)) as looks_failed
    from (
        select source_id, id, started as "from",
               lead(started) over (partition by source_id order by id) as "to",
               lead(id) over (partition by source_id order by id) as next_id
        from fetches
        where outcome in ('first_version', 'new_version', 'unchanged', 'not_modified')) as seen)
where "to" is not null or looks_failed > 0;

create view fetch_headers as
select f.id as fetch_id, j.key as position,
       case j.type when 'integer' then l.name else json_extract(j.value, '$[0]') end as name,
       case j.type when 'integer' then l.value else json_extract(j.value, '$[1]') end as value
from fetches f join json_each(f.headers) j left join header_lines l on j.type = 'integer' and l.id = j.value;

create view stale_sources as
select s.id as source_id, s.url as url, s.publisher as publisher, st.last_good as last_good,
       (select outcome from fetches f where f.source_id = s.id order by f.id desc limit 1) as last_outcome,
       (select max(started) from runs) as as_of
from sources s left join states st on st.source_id = s.id
where s.retired is null
  and coalesce(st.removed, 0) = 0
  and (st.last_good is null
       or julianday((select max(started) from runs)) - julianday(st.last_good) > max(2.0, 3 * coalesce(
              cast(s.every as real) * case substr(s.every, -1)
                  when 'm' then 1 / 1440.0 when 'h' then 1 / 24.0 when 'd' then 1.0 when 'w' then 7.0 end, 0)));

create view change_log as
select c.id as id, c.first_seen_new as first_seen_new, c.last_seen_old as last_seen_old, c.source_id as source_id,
       coalesce(s.title, n.title, o.title, s.url) as title, s.publisher as publisher, s.url as url,
       c.kind as kind, c.substantive as substantive, c.classes as classes, c.significance as significance,
       c.words_added as words_added, c.words_removed as words_removed, c.summary as summary,
       o.number as old_number, n.number as new_number
from changes c
join sources s on s.id = c.source_id
left join versions o on o.id = c.old_version
left join versions n on n.id = c.new_version;
"""
