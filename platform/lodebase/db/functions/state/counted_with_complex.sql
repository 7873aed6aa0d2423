-- Whether the capacity of a project for a product is counted with that of another project: a complex that has it, one of its
-- own parts, at any depth, or a complex that has a part in common with it. Of such projects the largest counts (of equals the
-- first id), then the largest that is no relative of it, and so on: no capacity is counted twice, whatever the number of
-- complexes a part belongs to. The recursion ends, as each step goes to a larger project.
CREATE OR REPLACE FUNCTION {{schema}}.counted_with_complex(one text, of_product text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
  larger text;
BEGIN
  FOR larger IN
    WITH RECURSIVE part (id) AS (
      SELECT one
      UNION
      SELECT l.to_id FROM part JOIN {{schema}}.link l ON l.from_id = part.id
      WHERE l.relation = 'contains' AND l.from_kind = 'project' AND l.to_kind = 'project'
    ), relative (id) AS (
      SELECT id FROM part
      UNION
      SELECT l.from_id FROM relative JOIN {{schema}}.link l ON l.to_id = relative.id
      WHERE l.relation = 'contains' AND l.from_kind = 'project' AND l.to_kind = 'project'
    ), capacity AS (
      SELECT f.project_id AS id, sum(f.capacity_tpa) AS tpa
      FROM {{schema}}.phase f JOIN relative ON relative.id = f.project_id
      WHERE f.product = of_product AND f.capacity_tpa IS NOT NULL
        AND coalesce(f.status, '') NOT IN ({{coming_statuses}}, {{gone_statuses}})
      GROUP BY 1
    )
    SELECT other.id FROM capacity own JOIN capacity other ON other.tpa > own.tpa OR other.tpa = own.tpa AND other.id < own.id
    WHERE own.id = one ORDER BY other.tpa DESC, other.id
  LOOP
    IF NOT {{schema}}.counted_with_complex(larger, of_product) THEN
      RETURN true;
    END IF;
  END LOOP;
  RETURN false;
END $$;
REVOKE EXECUTE ON FUNCTION {{schema}}.counted_with_complex(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {{schema}}.counted_with_complex(text, text) TO {{readers}};
