# Records that break one of eight sums, one line each.
def tree(names):
  . as $top
  | ($top[names[0]] != $top[names[1]] + $top[names[2]])
    or any(names[]; . as $name
      | $top[$name] != ([$top.home[$name], $top.national_roaming[$name], $top.international_roaming[][$name]] | add));
select((.commands | tree(["total", "to_sim", "from_sim"])) or (.data | tree(["total", "download", "upload"]))) | 1
