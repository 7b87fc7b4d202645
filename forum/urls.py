"""The forum's addresses."""

from django.urls import path

from forum.views import discussions, people, posts, rooms

app_name = "forum"
urlpatterns = [
    path("", rooms.front_page, name="front_page"),
    path("this-week/", rooms.this_week, name="this_week"),
    path("rooms/", rooms.room_list, name="room_list"),
    path("rooms/<slug:language>/", rooms.room_detail, name="room_detail"),
    path("rooms/<slug:language>/follow/", rooms.room_follow, name="room_follow"),
    path("rooms/<slug:language>/<int:pk>/", discussions.discussion_detail, name="discussion_detail"),
    path("rooms/<slug:language>/<int:pk>/follow/", discussions.discussion_follow, name="discussion_follow"),
    path("rooms/<slug:language>/<int:pk>/posts/", posts.post_create, name="post_create"),
    path("rooms/<slug:language>/<int:pk>/preview/", posts.post_preview, name="post_preview"),
    path("posts/<int:pk>/", posts.post_detail, name="post_detail"),
    path("posts/<int:pk>/edit/", posts.post_edit, name="post_edit"),
    path("posts/<int:pk>/wordings/", posts.post_wordings, name="post_wordings"),
    path("topics/TAF/<int:year>/<int:number>/", discussions.topic_detail, name="topic_detail"),
    path("people/", people.person_list, name="person_list"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("profile/experience/", people.experience_edit, name="experience_edit"),
]
