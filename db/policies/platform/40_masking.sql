-- What a reader sees of a sensitive column: nothing of it (full: a token, equal for equal values), the text without its
-- secrets (partial), or the text (none). Without a key in the session everything is full, whatever the role.

-- section: scrub
-- Each rule is linear in the length of the text. Quotes around the file of a Python frame are kept out of the way of
-- the rule for quoted literals: the frames of a stack trace stay readable.
create or replace function app_private.scrub(clear text) returns text
  language plpgsql immutable parallel safe strict
  set search_path = pg_catalog, pg_temp
as $$
declare
  result text := clear;
begin
  result := regexp_replace(result, '(\mFile )"([^"\n]*)"(, line \d+)', E'\\1\u0001\\2\u0001\\3', 'g');
  -- First, before a placeholder could be taken for an element.
  result := regexp_replace(result, '(<(?:password|passwd|secret|token|apikey|api_key)>)[^<]*(?=</)', '\1<secret>', 'gi');
  result := regexp_replace(result, '-----BEGIN [A-Z ]+-----[^-]*(-----END [A-Z ]+-----)?', '<key>', 'g');
  result := regexp_replace(result, '\m([a-z][a-z0-9+.-]*://[^\s?#"''<>]*)[?][^\s"''<>)]*', '\1?<query>', 'gi');
  result := regexp_replace(result, '(^|[\s(=])(/[^\s?#"''<>]*)[?][^\s"''<>)]+', '\1\2?<query>', 'g');
  result := regexp_replace(result, '\m([a-z][a-z0-9+.-]*://)[^/\s@]*@', '\1<credentials>@', 'gi');
  result := regexp_replace(result, '\m(https://hooks[.][a-z.]+/)[^\s"''<>)]+', '\1<key>', 'gi');
  result := regexp_replace(result, '[[:alnum:]._%+-]+@[[:alnum:]-]+([.][[:alnum:]-]+)*', '<email>', 'g');
  result := regexp_replace(result, '\meyJ[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]*', '<token>', 'g');
  result := regexp_replace(result, '\m((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]*(?:auth|token|key)[a-z-]*)(["'']?\s*[:=]\s*)[^\n]+', '\1\2<secret>', 'gi');
  result := regexp_replace(result, '\m(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}', '\1 <token>', 'gi');
  result := regexp_replace(result, '(\s-(?:u|-user)\s+)\S+:\S+', '\1<credentials>', 'g');
  result := regexp_replace(result,
    '(--[a-z-]*(?:password|passwd|passphrase|secret|token|api-?key|access-?key)[a-z-]*[ =])\S+', '\1<secret>', 'gi');
  result := regexp_replace(result,
    '\m([[:alnum:]_.-]*(?:password|passwd|passphrase|pwd|\mpass|_pass|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|encryption[_-]?key|private[_-]?key|sessionid|session[_-]?id|credential|signature|\msig)[[:alnum:]_.-]*["'']?\s*(?:=>|:=|[:=])\s*)("[^"\n]*"|''[^''\n]*''|[^\s,;&)}\]<]+)',
    '\1<secret>', 'gi');
  result := regexp_replace(result, '\m(ghp|gho|ghs|github_pat|glpat|xox[a-z]|sk|pk|rk|dxk|AKIA|ASIA|AIza)[_-]?[A-Za-z0-9_-]{12,}', '<key>', 'g');
  result := regexp_replace(result, '\m[0-9a-fA-F]{32,}\M', '<hex>', 'g');
  result := regexp_replace(result, '\m[A-Za-z0-9+_-]{40,}={0,2}(?![A-Za-z0-9/])', '<key>', 'g');
  result := regexp_replace(result, '\m[A-Za-z0-9+/]{30,}=={0,1}', '<key>', 'g');
  result := regexp_replace(result, '\m\d{1,3}([.]\d{1,3}){3}\M', '<ip>', 'g');
  result := regexp_replace(result, '(?<![[:alnum:]:])([0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}(?![[:alnum:]:])', '<ip>', 'g');
  result := regexp_replace(result, '(?<![[:alnum:]:])[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*::[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{1,4})*(?![[:alnum:]:])', '<ip>', 'g');
  result := regexp_replace(result, '"[^"\n]*"', '"<value>"', 'g');
  result := regexp_replace(result, '(?<![[:alnum:]])''[^''\n]*''', '''<value>''', 'g');
  result := regexp_replace(result, '`[^`\n]*`', '`<value>`', 'g');
  return replace(result, E'\u0001', '"');
end
$$;
grant execute on function app_private.scrub(text) to app_definer;
comment on function app_private.scrub(text) is
  'A text without its secrets: e-mail and IP addresses, tokens, keys, credentials and queries of URLs, quoted literals.';

-- section: masking_mode
set local role app_definer;
create or replace function app_private.masking_mode(organization uuid, table_name text, column_name text, base_role text) returns text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select coalesce(
      (select m.mode from app.masking_policies as m
        where m.organization_id = organization and m.field = table_name || '.' || column_name and m.role = base_role),
      case when base_role = 'admin' then 'none' when base_role in ('developer', 'engineer') then 'partial' else 'full' end);
  end;
comment on function app_private.masking_mode(uuid, text, text, text) is
  'How a sensitive column is shown to a role: as the organization says, else none for admins, partial for developers and engineers, full for everyone else.';

-- section: reveal
set local role app_definer;
-- Not a SECURITY DEFINER and granted to nobody: the masking functions call it, each for the one column that it masks.
create or replace function app_private.reveal(ciphertext text, organization uuid, place text, mode text) returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if ciphertext is null then
    return null;
  end if;
  if mode = 'full' or app_private.believed_setting('app.keys') is null then
    return 'masked:' || split_part(ciphertext, '.', 3);
  end if;
  return case mode
    when 'none' then app_private.decrypt_sensitive_data(ciphertext, organization, place)
    when 'partial' then app_private.scrub(app_private.decrypt_sensitive_data(ciphertext, organization, place))
    else 'masked:' || split_part(ciphertext, '.', 3)
  end;
end
$$;
comment on function app_private.reveal(text, uuid, text, text) is 'A sensitive value of a place ("table.column") as a masking mode shows it.';

-- section: reveal_email
set local role app_definer;
create or replace function app_private.reveal_email(ciphertext text, organization uuid, place text, mode text) returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if mode = 'partial' and ciphertext is not null and app_private.believed_setting('app.keys') is not null then
    return regexp_replace(app_private.decrypt_sensitive_data(ciphertext, organization, place), '^(.)[^@]*', '\1***');
  end if;
  return app_private.reveal(ciphertext, organization, place, mode);
end
$$;
comment on function app_private.reveal_email(text, uuid, text, text) is 'As reveal; partial keeps the first letter and the domain.';
