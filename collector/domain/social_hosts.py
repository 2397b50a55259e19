"""The host table's social networks, forums, communities and messengers; written like it.

Sources: the source categories of GA4's default channel group
(https://support.google.com/analytics/answer/9756891), and what has come up since.
"""

from __future__ import annotations

_PINTEREST = (
    "com at ca ch cl co.kr co.uk com.au com.mx de dk es fr ie it jp nz ph pt ru se be in nl pe"
)

SOCIAL = f"""
facebook meta facebook.com fb.com fb.me fb.watch fb fcb
facebook meta app:com.facebook.katana app:com.facebook.lite
messenger meta messenger.com m.me app:com.facebook.orca
instagram meta instagram.com instagr.am ig insta app:com.instagram.android
threads meta threads.net threads.com app:com.instagram.barcelona
whatsapp meta whatsapp.com wa.me whatsapp.net app:com.whatsapp app:com.whatsapp.w4b
twitter twitter twitter.com t.co x.com twttr.com x app:com.twitter.android
linkedin linkedin linkedin.com lnkd.in app:com.linkedin.android
pinterest pinterest pinterest.{{{_PINTEREST}}} pin.it app:com.pinterest
reddit reddit reddit.com redd.it app:com.reddit.frontpage
tiktok tiktok tiktok.com app:com.zhiliaoapp.musically app:com.ss.android.ugc.trill
snapchat snapchat snapchat.com sc app:com.snapchat.android
quora quora quora.com app:com.quora.android
tumblr - tumblr.com t.umblr.com app:com.tumblr
telegram - t.me telegram.me telegram.org app:org.telegram.messenger
discord - discord.com discord.gg discordapp.com
bluesky - bsky.app bsky.social bsky app:xyz.blueskyweb.app
mastodon - mastodon.social mastodon.online mastodon.world mastodon.cloud mastodon.art mstdn.social
mastodon - mstdn.jp mas.to fosstodon.org hachyderm.io pawoo.net infosec.exchange techhub.social
mastodon - chaos.social troet.cafe sfba.social aus.social mindly.social phanpy.social elk.zone
mastodon - social.vivaldi.net app:org.joinmastodon.android
line - line.me lin.ee app:jp.naver.line.android
kakao kakao kakao.com kakaocorp.com app:com.kakao.talk
wechat - wechat.com weixin.qq.com mp.weixin.qq.com weixin
qzone - qzone.qq.com
weibo - weibo.com weibo.cn t.cn
vk vk vk.com vk.ru vkontakte.ru vk.cc app:com.vkontakte.android
ok.ru vk ok.ru odnoklassniki.ru odnoklassniki.ua app:ru.ok.android
my.mail.ru vk my.mail.ru
zalo - zalo.me
skype microsoft skype.com
yammer microsoft yammer.com
xing - xing.com app:com.xing.android
hackernews - news.ycombinator.com ycombinator
googlegroups google groups.google.com googlegroups.com
googleplus google plus.google.com plus.url.google.com google+
blogger google blogger.com blogspot.com blogspot
hatena - hatena.ne.jp hatenablog.com
ameba - ameba.jp ameblo.jp
naver - blog.naver.com cafe.naver.com kin.naver.com
yahoo - answers.yahoo.com bookmarks.yahoo.com pulse.yahoo.com chiebukuro.yahoo.co.jp
yahoo - blog.yahoo.co.jp bookmarks.yahoo.co.jp messages.yahoo.co.jp
aol - lifestream.aol.com
messages google messages.google.com
slack - slack.com app:com.slack
teams microsoft statics.teams.cdn.office.net teams.microsoft.com teams.live.com
teams microsoft app:com.microsoft.teams
tencent - tencent.com
shareit - ushareit.com
livedoorblog - livedoor.com
imageshack - imageshack.com imageshack.us
trustpilot - trustpilot.com
buffer - buffer.com
niconico - nicovideo.jp
goo - gooblog blog.goo.ne.jp oshiete.goo.ne.jp
* - nextdoor.com nextdoor.de medium.com stackoverflow.com stackexchange.com superuser.com
* - serverfault.com askubuntu.com github.com gitlab.com dribbble.com behance.net deviantart.com
* - artstation.com flickr.com imgur.com photobucket.com 500px.com meetup.com eventbrite.com
* - yelp.com yelp.co.uk tripadvisor.com tripadvisor.de foursquare.com glassdoor.com goodreads.com
* - librarything.com wattpad.com scribd.com slideshare.net issuu.com academia.edu researchgate.net
* - wordpress.com typepad.com livejournal.com blogster.com over-blog.com overblog.com canalblog.com
* - hubpages.com wikihow.com fandom.com gutefrage.net wer-weiss-was.de studivz.net knuddels.de
* - last.fm soundcloud.com myspace.com badoo.com bebo.com hi5.com tagged.com classmates.com
* - ning.com myheritage.com ancestry.com geni.com couchsurfing.com interpals.net internations.org
* - italki.com digg.com slashdot.org fark.com techmeme.com flipboard.com getpocket.com
* - instapaper.com diigo.com pinboard.in feedspot.com scoop.it paper.li plurk.com mixi.jp gree.jp
* - pixiv.net douban.com renren.com zhihu.com xiaohongshu.com dianping.com
* - tieba.baidu.com meneame.net taringa.net truthsocial.com gab.com gettr.com minds.com parler.com
* - clubhouse.com lemon8-app.com bereal.com houzz.com ravelry.com cafemom.com care2.com
* - caringbridge.org skyrock.com draugiem.lv goldenline.pl nk.pl wykop.pl smartnews.com disqus.com
* - hootsuite.com lemmy.world producthunt.com
* - 43things.com activerain.com activeworlds.com addthis.com alumniclass.com americantowns.com
* - anobii.com answerbag.com aolanswers.com athlinks.com baby-gaga.com beforeitsnews.com
* - bharatstudent.com blackplanet.com blogher.com bloglines.com blogsome.com blurtit.com
* - brightkite.com brizzly.com buzzfeed.com buzznet.com camospace.com catster.com cellufun.com
* - chicagonow.com classquest.com cocolog-nifty.com cozycot.com crunchyroll.com cyworld.com
* - dogster.com dol2day.com doostang.com dopplr.com drugs-forum.com dzone.com elftown.com
* - extole.com faceparty.com fanpop.com fc2.com feministing.com filmaffinity.com folkdirect.com
* - foodservice.com fotki.com fotolog.com friendfeed.com fubar.com gaiaonline.com gamerdna.com
* - glassboard.com godtube.com goldstar.com govloop.com gowalla.com habbo.com hoverspot.com
* - hubculture.com ibibo.com imvu.com insanejournal.com intherooms.com jammerdirect.com kaneva.com
* - listal.com listography.com mocospace.com mouthshut.com movabletype.com mubi.com mylife.com
* - mymodernmet.com netvibes.com nightlifelink.com onstartups.com opendiary.com pingsta.com
* - posterous.com qapacity.com quechup.com redux.com reunion.com reverbnation.com ryze.com
* - salespider.com screenrant.com scvngr.com secondlife.com sharethis.com socialvibe.com spoke.com
* - spruz.com stackapps.com stickam.com sweeva.com taggedmail.com talkbiznow.com tinyurl.com
* - toolbox.com travellerspoint.com trombi.com tudou.com tuenti.com tweetdeck.com vampirefreaks.com
* - vampirerave.com wakoopa.com webshots.com weebly.com weread.com wordpress.org xanga.com
* - zooppa.com newsshowcase nexopia social
. - 51.com 5ch.net airg.ca allnurses.com allrecipes.com asmallworld.com awe.sm babyblog.ru biip.no
. - biswap.org bit.ly blackcareernetwork.com blip.fm blog.com blogg.no bloggang.com blogs.com
. - care.com cbnt.io centerblog.net chegg.com copainsdavant.linternaute.com couchsurfing.org
. - cross.tv dailystrength.org deluxe.com edublogs.org epicurious.com everforo.com exblog.jp
. - forums.androidcentral.com forums.crackberry.com forums.imore.com forums.nexopia.com
. - forums.webosnation.com forums.wpcentral.com fruehstueckstreff.org gather.com goo.gl gulli.com
. - hr.com hyves.net hyves.nl identi.ca irc-galleria.net is.gd jappy.com jappy.de kaboodle.com
. - mbga.jp meetin.org meinvz.net menuism.com mix.com my.opera.com myanimelist.net ngopost.org
. - okwave.jp oneworldgroup.org partyflock.nl playahead.se pocket.co pro.homeadvisor.com rtl.de
. - shvoong.com sites.google.com sociallife.com.br spaces.live.com ssense.com stardoll.com
. - suomi24.fi twoo.com unblog.fr urbanspoon.com ushi.cn vg.no video.ibm.com wiki.answers.com
. - wikitravel.org woot.com yahoo-mbga.jp youroom.in zoo.gr eksisozluk.com sozluk.com sourtimes.org
. - delicious.com donanimhaber.com flixster.com forums.whirlpool.net.au friendsreunited.com
. - friendster.com hocam.com incisozluk.com instela.com itusozluk.com lastfm.ru livejournal.ru
. - moikrug.ru multiply.com mylife.ru myyearbook.com netlog.com orkut.com plaxo.com sonico.com
. - sourceforge.net stumbleupon.com uludagsozluk.com viadeo.com vkrugudruzei.ru wayn.com
. - weeworld.com fetlife.com lang-8.com v2ex.com steamcommunity.com lobste.rs
"""
