"""Pages of our own with the anatomy of the two publishers that the watch list began with."""

from __future__ import annotations

DEPUTY = "deputy to the deputy assistant secretary of tides for northern waters"


def agency_page(
    *,
    department: str = "Department of Tides",
    deputy: str = DEPUTY,
    related: str = "Ferry Timetable Changes",
    nonce: str = "1",
) -> bytes:
    """A story of a department on a DNN site: banner, archive notice, captions with data lines, related stories."""
    return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="utf-8">
<title>4 Things to Know About the Harbour Treaty &gt; {department} &gt; Story</title>
<meta property="og:site_name" content="{department}"><script>var nonce="{nonce}";</script></head>
<body><form id="Form" action="/" method="post"><input type="hidden" name="__VIEWSTATE" value="{nonce}">
<section class="usa-banner"><p>An official website of the Coastal Republic Government</p>
<button aria-controls="gov">Here's how you know</button>
<div id="gov" hidden><p><strong>Official websites use .gov</strong></p>
<p>A .gov website belongs to an official government organization in the Coastal Republic.</p>
<p><strong>Secure .gov websites use HTTPS</strong></p>
<p>A lock ( lock ) or https:// means you’ve safely connected to the .gov website. Share sensitive information only on
official, secure websites.</p></div></section>
<div class="header"><a href="/">{department}</a><ul class="main-nav"><li><a href="/News">News</a></li></ul></div>
<div class="DNNModuleContent"><h1 class="maintitle">4 Things to Know About the Harbour Treaty</h1>
<span class="date">Nov. 21, 2019</span> | <span class="author-block">By <a href="/a/1">Ada Quill</a>, Tides News</span>
<div class="historic">You have accessed part of a historical collection on tides.example. Some of the information
contained within may be outdated and links may not function. Please contact the {department} Webmaster with any
questions.</div>
<div class="body"><p>Ines Marlow, who leads the treaty office, met with the harbour masters of three ports in
the capital this week, the spokesman of the {department} said.</p>
<p>The two sides met to renew their cooperation on dredging during the ninth joint harbour dialogue held Nov. 18-21.</p>
<div class="image"><img src="/2019/Nov/21/2002214000/825/780/0/191121-D-AB123-002.JPG" alt="Officials stand in a row.">
<div class="caption"><h2>Officials Meet</h2><p>Officials pose for a photo during the dialogue, Nov. 21, 2019. From
left, Michelle Lennart, {deputy}; Ambassador Majid Bouras; and Pete Marlo, director of ports.</p>
<p>Photo By: Cameron Gilles, DOT</p><p>VIRIN: 191121-D-AB123-002C</p></div></div>
<p>Marlow thanked the masters for their commitment and said that the {department} would publish the charts.</p>
<h2>What You Should Know</h2><ol><li>The treaty covers four harbours and the waters between them.</li>
<li>Pilots of all parties train together.</li></ol></div>
<div class="related"><h3>Related Stories</h3><ul><li><a href="/s/{nonce}">{related}</a></li></ul></div></div>
<div class="footer"><p>{department}, 1 Quay Street</p></div></form></body></html>""".encode()


def press_page(
    *, views: str = "1,204 views", ago: str = "3 hours ago", teaser: str = "Locks to close", nonce: str = "1"
) -> bytes:
    """A syndicated copy of a press story on WordPress: origin line, audio player, podcasts, a repeated standfirst."""
    standfirst = (
        "Port and treaty officials are getting ready for working groups that will carry out the new harbour deal."
    )
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The sea is the limit | Tidewire</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="2025-03-07T18:00:00.{nonce}00Z">
<meta property="article:modified_time" content="2025-03-07T18:00:00.{nonce}00Z"></head>
<body class="post-template single single-post"><header class="site-header"><a href="/">Tidewire</a></header>
<div class="breaking"><a href="/b">Breaking: {teaser}</a></div>
<article class="post"><h1>Harbour envoy on the new deal: ‘The sea is the limit’</h1>
<p>Originally published Harbour envoy on the new deal: ‘The sea is the limit’ on by
https://tidewire.example/2025/03/07/harbour-envoy/ at Tidewire</p>
<div class="meta"><span class="byline">By Noor Castle</span> <time>7 March 2025</time> <span>{ago}</span></div>
<p>{views}</p><div class="share"><a href="/x">Share on X</a></div>
<p class="standfirst">{standfirst}</p>
<div class="player"><p>Listen to this article</p><p>0:00</p><p>Learn more.</p>
<p>This feature uses an automated voice, which may result in occasional errors in pronunciation.</p></div>
<p>{standfirst[:-1]}, according to an official who took part in the talks in the capital this week.</p>
<p>“We have had this dialogue for years. The deal just puts a frame around it,” the envoy told Tidewire.</p>
<p>Read more: <a href="/m">{teaser} and what it means for the ferries in the northern harbour</a></p>
<p>Officials of both coasts signed the deal on Jan. 22, after years of negotiation over dredging and pilots’ fees.</p>
<h3>Latest Podcasts</h3><div class="card"><a href="/p/{nonce}">{teaser}, the podcast</a></div>
<p>Originally published Tidewire</p></article>
<div class="more"><h3>More from Tidewire</h3><h4><a href="/t">{teaser}</a></h4><p>Short words on {teaser}.</p></div>
<div class="foot"><p>Subscribe to our newsletter</p><p>© 2025 Tidewire</p></div></body></html>""".encode()
