namespace Agent.Replication.Legacy;

/// <summary>
/// What is run at a legacy server: scripts of the POSIX shell that use nothing but GNU's coreutils, which every OpenGnsys server has. Names come as
/// arguments, never as text of a script. The first argument is always the image directory, the second a path in it.
/// </summary>
internal static class LegacyScripts
{
    /// <summary>Exit codes by which scripts answer.</summary>
    public const int NoDirectory = 91, NoImage = 92, NotWritable = 94, Locked = 95, Exists = 96, PartialWrong = 97, NotPlaced = 98;

    private const string Enter = "cd -- \"$1\" || exit 91\nf=./$2\n";

    /// <summary>The paths that a name with or without OU and extension may mean, each ended by NUL; that of a directory image has a slash at its end.</summary>
    public const string Find = Enter + """
        for e in '' .img .dsk .pgz .diff; do
          case $2 in
            */*) set -- "$1" "$2" "$f$e" ;;
            *) set -- "$1" "$2" "$f$e" ./*/"$2$e" ;;
          esac
          d=$1 n=$2; shift 2
          for c; do
            if [ -f "$c" ]; then printf '%s\0' "${c#./}"
            elif [ -f "$c/ogimg.info" ]; then printf '%s/\0' "${c#./}"; fi
          done
          set -- "$d" "$n"
        done
        exit 0
        """;

    /// <summary>What there is to know of an image without reading it.</summary>
    public const string Describe = Enter + """
        [ -f "$f" ] || exit 92
        if [ -e "$f.lock" ] || [ -L "$f.lock" ]; then echo locked=1; fi
        stat -L -c 'stat=%s %y %i' -- "$f" || exit 92
        fresh() { [ -f "$1" ] && ! [ "$1" -ot "$f" ]; }
        if fresh "$f.full.sum"; then printf 'full=%s\n' "$(head -c 64 -- "$f.full.sum" | head -n 1)"; fi
        if fresh "$f.info"; then printf 'info=%s\n' "$(head -c 4096 -- "$f.info" | head -n 1)"; fi
        exit 0
        """;

    /// <summary>The beginning of any file, the path of which is the first argument; its length the second.</summary>
    public const string Read = "[ -f \"$1\" ] || exit 92\nexec head -c \"$2\" -- \"$1\"";

    /// <summary>MD5 of a file.</summary>
    public const string Digest = Enter + "[ -f \"$f\" ] || exit 92\nexec md5sum <\"$f\"";

    /// <summary>What stands in the lock of an image; nothing where there is none.</summary>
    public const string LockText = Enter + "head -c 200 -- \"$f.lock\" 2>/dev/null\nexit 0";

    /// <summary>A file from a byte on, which is counted from 1.</summary>
    public const string Tail = Enter + "[ -f \"$f\" ] || exit 92\nexec tail -c +\"$3\" -- \"$f\"";

    /// <summary>
    /// Locks the place of an image that is to come, and tells what is there of it. Arguments: the partial file, what stands in our lock, what becomes of an
    /// existing image (<c>keep</c> or <c>refuse</c>). Partial files that nobody has touched for a week are removed.
    /// </summary>
    public const string Prepare = Enter + """
        t=./$3
        d=$(dirname -- "$f")
        umask 022
        mkdir -p -- "$d" || exit 94
        if [ -e "$f.lock" ] || [ -L "$f.lock" ]; then
          [ "$(head -c 200 -- "$f.lock" 2>/dev/null)" = "$4" ] || exit 95
        else
          (set -C; : >"$f.lock") || exit 94
          printf '%s\n' "$4" >"$f.lock" || { rm -f -- "$f.lock"; exit 94; }
        fi
        if [ -e "$f" ] && [ "$5" = refuse ]; then rm -f -- "$f.lock"; exit 96; fi
        find "$d" -maxdepth 1 -type f -name '.*.ogrepo-part' -mtime +7 -exec rm -f -- {} + 2>/dev/null
        if [ -f "$t" ]; then stat -c 'have=%s' -- "$t"; fi
        stat -f -c 'free=%a %S' -- "$d"
        exit 0
        """;

    /// <summary>
    /// Writes what comes into a partial file from a byte on, which is counted from 0. It does not append: what an earlier connection still writes there is
    /// the same at the same place.
    /// </summary>
    public const string Write = Enter + """
        umask 022
        exec dd of="$f" bs=65536 iflag=fullblock oflag=seek_bytes seek="$3" conv=notrunc,fsync status=none
        """;

    /// <summary>
    /// Gives a verified partial file the name of its image. The image that is there is kept as <c>.ant</c> with its sidecars, and its name always stands for one
    /// whole content or the other. Goes on to its end even if the connection breaks. Arguments: the partial file, <c>keep</c> or <c>refuse</c>, size, then
    /// those of <see cref="Sidecars"/>.
    /// </summary>
    public const string Place = Enter + """
        t=./$3
        trap '' HUP INT TERM PIPE
        umask 022
        [ "$(stat -c %s -- "$t")" = "$5" ] || exit 97
        undo() {
          for e in .sum .full.sum .torrent .info; do
            if [ -e "$f$e.ant" ] && ! [ -e "$f$e" ]; then mv -- "$f$e.ant" "$f$e"; fi
          done
          if ! [ -e "$f" ]; then mv -- "$f.ant" "$f"; fi
          exit 98
        }
        if [ -e "$f" ]; then
          [ "$4" = keep ] || exit 96
          rm -f -- "$f.ant" "$f.sum.ant" "$f.full.sum.ant" "$f.torrent.ant" "$f.info.ant"
          ln -- "$f" "$f.ant" 2>/dev/null || mv -- "$f" "$f.ant" || exit 98
          for e in .sum .full.sum .torrent .info; do
            if [ -e "$f$e" ]; then mv -- "$f$e" "$f$e.ant" || undo; fi
          done
        else
          rm -f -- "$f.sum" "$f.full.sum" "$f.torrent" "$f.info"
        fi
        mv -f -- "$t" "$f" || undo
        shift 5
        """ + "\n" + WriteSidecars;

    /// <summary>Writes the sidecars of an image that is whole, and unlocks it. Arguments: tail MD5, full MD5, the line of <c>.info</c> or nothing.</summary>
    public const string Sidecars = Enter + "umask 022\nt=$(dirname -- \"$f\")/.sidecar.ogrepo-part\nshift 2\n" + WriteSidecars;

    /// <summary>Removes our lock, and the partial file where one is named. Arguments: what stands in the lock, the partial file or nothing.</summary>
    public const string Abandon = Enter + """
        if [ "$(head -c 200 -- "$f.lock" 2>/dev/null)" = "$3" ]; then rm -f -- "$f.lock"; fi
        if [ -n "$4" ]; then rm -f -- "./$4"; fi
        exit 0
        """;

    /// <summary>Each is whole or not there; one that cannot be written is made by that server's own scripts.</summary>
    private const string WriteSidecars = """
        put() { if printf '%s\n' "$2" >"$t"; then mv -f -- "$t" "$f$1"; else rm -f -- "$t"; fi; }
        put .sum "$1"
        put .full.sum "$2"
        if [ -n "$3" ]; then put .info "$3"; fi
        sync -- "$f" "$(dirname -- "$f")" 2>/dev/null || sync
        rm -f -- "$f.lock"
        exit 0
        """;
}
