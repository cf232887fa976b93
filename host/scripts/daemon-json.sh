#!/usr/bin/env bash
# Reads and edits the list insecure-registries of docker's daemon.json as a text, so that whatever else
# is in the file keeps every byte. By perl, which Debian and Ubuntu always have (perl-base): nothing has
# to be installed on a host that is not ours. Changes nothing by itself; defines functions only.

# daemon_json ACTION REGISTRY <TEXT: an empty text is one without settings.
#   check    says what is wrong with the text; its status is not 0 then. The others take it as right.
#   has      whether the list names the registry, as docker reads it, which ignores a leading http://
#   add      prints the text with the registry at the list's end
#   clear    prints it without the registry; a list that is empty then, or was not there, is []
#   remove   prints it without the registry, and without the list when that is empty then
daemon_json() {
  # shellcheck disable=SC2016 # perl's own
  perl -0777 -e '
    use strict;
    use warnings;

    my ($action, $registry) = @ARGV;
    my $json = qr/(?(DEFINE)
      (?<ws>[ \t\r\n]*+)
      (?<string>"(?:[^"\\\x00-\x1f]|\\["\\\/bfnrt]|\\u[0-9a-fA-F]{4})*+")
      (?<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)
      (?<member>(?&string)(?&ws):(?&ws)(?&value))
      (?<object>\{(?&ws)(?:(?&member)(?&ws)(?:,(?&ws)(?&member)(?&ws))*+)?+\})
      (?<array>\[(?&ws)(?:(?&value)(?&ws)(?:,(?&ws)(?&value)(?&ws))*+)?+\])
      (?<value>(?&string)|(?&number)|true|false|null|(?&object)|(?&array))
    )/x;

    # What stands between the brackets of a list or an object: white space before, text, white space after.
    sub items {
      my ($container) = @_;
      my $inside = substr($container, 1, -1);
      my @items;
      push @items, [$1, $2, $3]
        while $inside =~ /\G,?((?&ws))((?&member)|(?&value))((?&ws))$json/gc;
      return @items;
    }
    sub joined {
      my ($brackets, @items) = @_;
      my ($open, $close) = split //, $brackets;
      return $open . join(",", map { join "", @$_ } @items) . $close;
    }
    # In the manner of the items that are there: each on a line of its own, or all on one.
    sub append {
      my ($text, @items) = @_;
      my $before = $items[0][0];
      my $after = $items[-1][2];
      $items[-1][2] = "";
      return (@items, [$before =~ /\n/ ? $before : " ", $text, $after]);
    }
    sub without {
      my ($goes, @items) = @_;
      my ($before, $after) = @items ? ($items[0][0], $items[-1][2]) : ();
      my @kept = grep { !$goes->($_->[1]) } @items;
      return () unless @kept;
      $kept[0][0] = $before;
      $kept[-1][2] = $after;
      return @kept;
    }

    my $text = <STDIN>;
    $text = "{}\n" unless defined $text && $text =~ /\S/;
    $text =~ /\A((?&ws))((?&value))((?&ws))\z$json/ or die "is not valid JSON\n";
    my ($head, $top, $tail) = ($1, $2, $3);
    $top =~ /^\{/ or die "is not a JSON object\n";

    my $is_list = sub { $_[0] =~ /^"insecure-registries"[ \t\r\n]*:/ };
    my @settings = items($top);
    my @lists = grep { $is_list->($_->[1]) } @settings;
    @lists <= 1 or die "has insecure-registries more than once\n";
    my ($name, $list) = ("\"insecure-registries\": ", "[]");
    ($name, $list) = $lists[0][1] =~ /^((?&string)(?&ws):(?&ws))(.*)\z$json/s if @lists;
    $list =~ /^\[/ or die "has insecure-registries that is not a list\n";
    exit 0 if $action eq "check";

    my @entries = items($list);
    if ($action eq "has") {
      exit(scalar(grep { $_->[1] =~ m{^"(?:https?://)?\Q$registry\E"$} } @entries) ? 0 : 1);
    }
    if ($action eq "add") {
      my $entry = "\"$registry\"";
      @entries = @entries ? append($entry, @entries) : (["", $entry, ""]);
    } else {
      @entries = without(sub { $_[0] eq "\"$registry\"" }, @entries);
    }
    my $setting = $name . joined("[]", @entries);
    if ($action eq "remove" && !@entries) {
      @settings = without($is_list, @settings);
    } elsif (@lists) {
      $lists[0][1] = $setting;
    } else {
      @settings = @settings ? append($setting, @settings) : (["\n  ", $setting, "\n"]);
    }
    print $head, joined("{}", @settings), $tail;
  ' -- "$@"
}
